-- Answers of a day, kept in case that somebody asks again: a new token's secret was among them, which is kept nowhere now.
TRUNCATE TABLE IF EXISTS api_answer
