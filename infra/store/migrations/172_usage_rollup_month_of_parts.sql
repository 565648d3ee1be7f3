-- For the parts that were there before the index. Until it is done, which goes on after the migration, they are read.
ALTER TABLE usage_rollup MATERIALIZE INDEX IF EXISTS month
