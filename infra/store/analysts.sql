-- Who may read a ClickHouse server's store and nothing else: analysts, Grafana, DBeaver, Metabase. Run it once as an
-- administrator, and again at any time. The user can't sign in until it has a password:
--   ALTER USER forbruk_analyst IDENTIFIED BY '…' HOST ANY
-- The database is the one of CLICKHOUSE_DATABASE, here forbruk.
CREATE SETTINGS PROFILE IF NOT EXISTS forbruk_analyst;
-- Zero would mean no bound at all.
ALTER SETTINGS PROFILE forbruk_analyst SETTINGS
    readonly = 2 READONLY,
    max_execution_time = 60 MIN 1 MAX 60,
    max_memory_usage = 1073741824 MIN 1 MAX 1073741824,
    max_memory_usage_for_user = 2147483648 READONLY,
    max_concurrent_queries_for_user = 4 READONLY,
    max_threads = 2 READONLY,
    max_result_rows = 2000000 MIN 1 MAX 2000000,
    max_result_bytes = 134217728 MIN 1 MAX 134217728,
    result_overflow_mode = 'throw' READONLY,
    timeout_overflow_mode = 'throw' READONLY,
    max_bytes_ratio_before_external_group_by = 0 READONLY,
    max_bytes_ratio_before_external_sort = 0 READONLY,
    output_format_pretty_squash_consecutive_ms = 0 READONLY,
    priority = 10 READONLY;
CREATE USER IF NOT EXISTS forbruk_analyst IDENTIFIED WITH no_password HOST NONE SETTINGS PROFILE 'forbruk_analyst';
CREATE QUOTA IF NOT EXISTS forbruk_analyst KEYED BY user_name
    FOR INTERVAL 1 hour MAX queries = 3000, result_rows = 50000000, execution_time = 3600
    TO forbruk_analyst;
-- Nothing else is granted: no function that reads files or other servers, no temporary table, no other database.
GRANT SELECT ON forbruk.* TO forbruk_analyst;
-- By which records of the streams are signed.
REVOKE SELECT ON forbruk.stream_secret FROM forbruk_analyst;
