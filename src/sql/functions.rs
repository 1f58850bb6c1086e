//! Functions that only compute: what they give depends on their arguments, the rows they go over and the session, and
//! they change nothing. From the manuals of PostgreSQL, MySQL, SQLite and SQL Server; a function that is not here may do
//! anything, and so may one of a schema of its own.

use sqlparser::ast::{ObjectName, ObjectNamePart};

/// Names in lower case, in order.
#[rustfmt::skip]
static HARMLESS: &[&str] = &[
    "abs", "acos", "acosh", "age", "any_value", "approx_count_distinct", "array_agg", "array_append", "array_cat",
    "array_length", "array_lower", "array_ndims", "array_position", "array_positions", "array_prepend",
    "array_remove", "array_replace", "array_to_json", "array_to_string", "array_upper", "ascii", "asin", "asinh",
    "atan", "atan2", "atanh", "avg", "bin", "bit_and", "bit_count", "bit_length", "bit_or", "bit_xor", "bool_and",
    "bool_or", "btrim", "cardinality", "cast", "cbrt", "ceil", "ceiling", "char", "char_length", "character_length",
    "charindex", "checksum", "chr", "clock_timestamp", "coalesce", "concat", "concat_ws", "convert", "corr", "cos",
    "cosh", "cot", "count", "count_big", "covar_pop", "covar_samp", "cume_dist", "curdate", "current_catalog",
    "current_database", "current_date", "current_role", "current_schema", "current_schemas", "current_time",
    "current_timestamp", "current_user", "curtime", "database", "datalength", "date", "date_add", "date_bin",
    "date_diff", "date_format", "date_part", "date_sub", "date_trunc", "dateadd", "datediff", "datefromparts",
    "datename", "datepart", "datetime", "day", "dayname", "dayofmonth", "dayofweek", "dayofyear", "db_name",
    "decode", "degrees", "dense_rank", "div", "elt", "encode", "eomonth", "every", "exp", "factorial", "field",
    "find_in_set", "first_value", "floor", "format", "format_type", "from_days", "from_unixtime", "gcd",
    "gen_random_uuid", "generate_series", "generate_subscripts", "getdate", "getutcdate", "glob", "greatest",
    "group_concat", "grouping", "hex", "hour", "if", "ifnull", "iif", "initcap", "instr", "isdate", "isfinite",
    "isjson", "isnull", "isnumeric", "json", "json_agg", "json_array", "json_array_elements",
    "json_array_elements_text", "json_array_length", "json_arrayagg", "json_build_array", "json_build_object",
    "json_contains", "json_contains_path", "json_each", "json_each_text", "json_extract", "json_extract_path",
    "json_extract_path_text", "json_group_array", "json_group_object", "json_keys", "json_length", "json_object",
    "json_object_agg", "json_object_keys", "json_objectagg", "json_query", "json_quote", "json_set",
    "json_strip_nulls", "json_tree", "json_type", "json_typeof", "json_unquote", "json_valid", "json_value",
    "jsonb_agg", "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_array",
    "jsonb_build_object", "jsonb_each", "jsonb_each_text", "jsonb_extract_path", "jsonb_extract_path_text",
    "jsonb_object_agg", "jsonb_object_keys", "jsonb_path_exists", "jsonb_path_query", "jsonb_path_query_array",
    "jsonb_path_query_first", "jsonb_pretty", "jsonb_set", "jsonb_strip_nulls", "jsonb_typeof", "julianday",
    "justify_days", "justify_hours", "justify_interval", "lag", "last_day", "last_value", "lcase", "lcm", "lead",
    "least", "left", "len", "length", "like", "ln", "localtime", "localtimestamp", "locate", "log", "log10", "log2",
    "lower", "lpad", "ltrim", "make_date", "make_interval", "make_time", "make_timestamp", "make_timestamptz",
    "max", "md5", "mid", "min", "minute", "mod", "mode", "month", "monthname", "newid", "now", "nth_value", "ntile",
    "nullif", "num_nonnulls", "num_nulls", "nvl", "object_id", "object_name", "octet_length", "ord", "parsename",
    "patindex", "percent_rank", "percentile_cont", "percentile_disc", "period_add", "period_diff", "pg_column_size",
    "pg_database_size", "pg_get_constraintdef", "pg_get_expr", "pg_get_functiondef", "pg_get_indexdef",
    "pg_get_userbyid", "pg_get_viewdef", "pg_indexes_size", "pg_is_in_recovery", "pg_postmaster_start_time",
    "pg_relation_size", "pg_size_pretty", "pg_table_size", "pg_total_relation_size", "pg_typeof",
    "phraseto_tsquery", "pi", "plainto_tsquery", "position", "pow", "power", "printf", "quarter", "quote",
    "quote_ident", "quote_literal", "quote_nullable", "quotename", "radians", "rand", "random", "rank",
    "regexp_count", "regexp_instr", "regexp_like", "regexp_match", "regexp_matches", "regexp_replace",
    "regexp_split_to_array", "regexp_split_to_table", "regexp_substr", "regr_intercept", "regr_r2", "regr_slope",
    "repeat", "replace", "replicate", "reverse", "right", "round", "row_number", "row_to_json", "rpad", "rtrim",
    "scale", "schema_name", "second", "session_user", "sha1", "sha2", "sha224", "sha256", "sha384", "sha512",
    "sign", "sin", "sinh", "soundex", "space", "split_part", "sqlite_version", "sqrt", "starts_with",
    "statement_timestamp", "std", "stddev", "stddev_pop", "stddev_samp", "stdev", "str", "str_to_date", "strftime",
    "string_agg", "string_split", "string_to_array", "strpos", "stuff", "subdate", "substr", "substring",
    "substring_index", "subtime", "sum", "suser_name", "switchoffset", "sysdate", "sysdatetime",
    "sysdatetimeoffset", "sysutcdatetime", "tan", "tanh", "time", "time_format", "timediff", "timeofday",
    "timestamp", "timestampadd", "timestampdiff", "to_ascii", "to_char", "to_date", "to_days", "to_hex", "to_json",
    "to_jsonb", "to_number", "to_timestamp", "to_tsquery", "to_tsvector", "total", "transaction_timestamp",
    "translate", "trim", "trim_array", "trunc", "truncate", "try_cast", "try_convert", "ts_headline", "ts_rank",
    "ts_rank_cd", "typeof", "ucase", "unhex", "unicode", "unistr", "unix_timestamp", "unixepoch", "unnest", "upper",
    "user", "user_name", "utc_date", "utc_time", "utc_timestamp", "uuid", "var_pop", "var_samp", "variance",
    "version", "websearch_to_tsquery", "week", "weekday", "weekofyear", "width_bucket", "year", "yearweek",
    "zeroblob",
];

/// Whether a function is known to only compute.
pub(super) fn is_harmless(name: &ObjectName) -> bool {
    let own = match name.0.as_slice() {
        [ObjectNamePart::Identifier(own)] => own,
        [ObjectNamePart::Identifier(schema), ObjectNamePart::Identifier(own)] if is(&schema.value, "pg_catalog") => own,
        _ => return false,
    };
    HARMLESS.binary_search(&own.value.to_ascii_lowercase().as_str()).is_ok()
}

fn is(name: &str, word: &str) -> bool {
    name.eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order_and_in_lower_case() {
        assert!(HARMLESS.is_sorted_by(|left, right| left < right));
        assert!(HARMLESS.iter().all(|name| *name == name.to_ascii_lowercase()));
    }

    #[test]
    fn functions_with_effects_are_not_among_them() {
        for name in [
            "nextval",
            "setval",
            "pg_sleep",
            "sleep",
            "benchmark",
            "load_extension",
            "load_file",
            "set_config",
            "pg_read_file",
            "lo_export",
            "dblink",
            "query_to_xml",
            "pg_terminate_backend",
            "writefile",
            "readfile",
            "eval",
            "get_lock",
            "pg_advisory_lock",
            "xp_cmdshell",
            "sys_exec",
            "edit",
            "fts3_tokenizer",
            "current_setting",
        ] {
            assert!(HARMLESS.binary_search(&name).is_err(), "{name}");
        }
    }
}
