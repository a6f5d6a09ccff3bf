"""The trigger function of the capture. Its name carries a version: an older one stays apart until it is replaced."""

FUNCTION_NAME = "retail_sync_capture_v4"
HOPS_NAME = "retail_sync_capture_hops_v4"

# One function for all tables. Its arguments: the name of the model; the column that holds
# the record's id; 'U' for the record's own row, 'N' for one without create_date, 'C' for a
# source; the names that a source reports; the column without whose amount a row says
# nothing; the hops as JSON; the number of conditions; column and JSON list of values of
# each; then the columns to watch. Of a record's own row, the amount is the column of the
# record that it belongs to, and the names are what is reported of the one that it leaves:
# nothing tells afterwards whose it was. Values are compared as jsonb and looked up by name:
# a column that an upgrade drops or retypes breaks nothing. Where a source has no hops, the
# function asks no table.
FUNCTION = """
DECLARE
    before jsonb;
    after jsonb;
    seen text[] := '{}';
    said text := TG_ARGV[3];
    kind text := CASE WHEN TG_ARGV[2] = 'C' THEN 'C' ELSE left(TG_OP, 1) END;
    mine text := nullif(current_setting('retail_sync.origin', true), '');
    conditions int := TG_ARGV[6]::int;
    counted boolean := TG_OP <> 'INSERT';
    counts boolean := TG_OP <> 'DELETE';
    who int;
    former int;
    ids int[];
BEGIN
    IF kind <> 'C' THEN
        IF TG_OP <> 'UPDATE' THEN
            INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
            VALUES (TG_ARGV[0], CASE WHEN TG_OP = 'INSERT' THEN NEW.id ELSE OLD.id END, kind, '',
                    mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
            IF TG_OP = 'DELETE' AND TG_ARGV[4] <> '' THEN former := (to_jsonb(OLD) ->> TG_ARGV[4])::int; END IF;
            IF former IS NOT NULL THEN
                INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
                VALUES (TG_ARGV[0], former, 'C', said, mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
            END IF;
            PERFORM set_config('retail_sync.captured', txid_current()::text, true),
                    set_config('retail_sync.born', '+' || coalesce(mine, ''), true);
            RETURN NULL;
        ELSIF TG_ARGV[2] = 'U' THEN
            -- A record that this very transaction created has said so already: what the ORM
            -- computes and stores on top is part of its creation, unless another origin does it.
            IF OLD.create_date = now() AT TIME ZONE 'UTC'
               AND current_setting('retail_sync.born', true) = '+' || coalesce(mine, '')
            THEN RETURN NULL; END IF;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    IF TG_OP = 'UPDATE' THEN
        FOR i IN 7 + 2 * conditions .. TG_NARGS - 1 LOOP
            IF before -> TG_ARGV[i] IS DISTINCT FROM after -> TG_ARGV[i] THEN
                seen := seen || TG_ARGV[i];
            END IF;
        END LOOP;
        IF seen = '{}' THEN RETURN NULL; END IF;
    END IF;
    IF kind <> 'C' THEN
        who := (after ->> TG_ARGV[1])::int;
        INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
        VALUES (TG_ARGV[0], who, kind, array_to_string(seen, ','), mine, txid_current(),
                clock_timestamp() AT TIME ZONE 'UTC');
        IF TG_ARGV[4] = ANY(seen) THEN former := (before ->> TG_ARGV[4])::int; END IF;
        IF former IS NOT NULL THEN
            INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
            VALUES (TG_ARGV[0], former, 'C', said, mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
        END IF;
        PERFORM set_config('retail_sync.captured', txid_current()::text, true);
        RETURN NULL;
    END IF;
    IF TG_ARGV[4] <> ''
       AND coalesce((before ->> TG_ARGV[4])::numeric, 0) = 0 AND coalesce((after ->> TG_ARGV[4])::numeric, 0) = 0
    THEN RETURN NULL; END IF;
    FOR i IN 0 .. conditions - 1 LOOP
        counted := counted AND coalesce(TG_ARGV[8 + 2 * i]::jsonb ? (before ->> TG_ARGV[7 + 2 * i]), false);
        counts := counts AND coalesce(TG_ARGV[8 + 2 * i]::jsonb ? (after ->> TG_ARGV[7 + 2 * i]), false);
    END LOOP;
    -- A row that moved from one record to another concerns both.
    IF counts THEN who := (after ->> TG_ARGV[1])::int; END IF;
    IF counted THEN former := (before ->> TG_ARGV[1])::int; END IF;
    IF who IS NOT DISTINCT FROM former THEN former := NULL; END IF;
    ids := array_remove(ARRAY[who, former], NULL);
    IF ids = '{}' THEN RETURN NULL; END IF;
    IF TG_ARGV[5] <> '' THEN ids := retail_sync_capture_hops_v4(TG_ARGV[5]::jsonb, ids); END IF;
    IF ids <> '{}' THEN
        INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
        SELECT TG_ARGV[0], id, kind, said, mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC'
          FROM unnest(ids) AS id;
        PERFORM set_config('retail_sync.captured', txid_current()::text, true);
    END IF;
    RETURN NULL;
END
"""

# A hop whose table or column an upgrade has taken away must not refuse the work of a user. A value per company is a
# jsonb of {company id: value}; a record without a value of its own has the default of its company, as ir_default says.
HOPS = """
DECLARE
    hop jsonb;
    unset text := '(SELECT count(*) FROM jsonb_object_keys(coalesce(part.%2$I, ''{}'')))'
                  ' < (SELECT count(*) FROM res_company)';
BEGIN
    FOR hop IN SELECT value FROM jsonb_array_elements(hops) LOOP
        -- Most rows lead nowhere: they cost one query, whatever the number of hops.
        EXIT WHEN ids IS NULL;
        IF hop ->> 3 = 'per_company' THEN
            EXECUTE format('SELECT array_agg(DISTINCT part.%3$I) FROM %1$I part'
                           ' WHERE EXISTS (SELECT FROM jsonb_each_text(part.%2$I) own'
                           ' WHERE own.value = ANY($1::text[]))'
                           ' OR EXISTS (SELECT FROM ir_default JOIN ir_model_fields field ON field.id = field_id'
                           ' WHERE field.name = %2$L AND replace(field.model, ''.'', ''_'') = %1$L'
                           ' AND json_value = ANY($1::text[])) AND ' || unset,
                           hop ->> 0, hop ->> 1, hop ->> 2) INTO ids USING ids;
        ELSIF hop ->> 3 = 'default' THEN
            EXECUTE format('SELECT array_agg(DISTINCT part.%3$I) FROM %1$I part WHERE ' || unset,
                           hop ->> 0, hop ->> 1, hop ->> 2) INTO ids;
        ELSE
            EXECUTE format('SELECT array_agg(DISTINCT %I) FROM %I WHERE %I = ANY($1) AND %I IS NOT NULL',
                           hop ->> 2, hop ->> 0, hop ->> 1, hop ->> 2) INTO ids USING ids;
        END IF;
    END LOOP;
    RETURN coalesce(ids, '{}');
EXCEPTION WHEN undefined_table OR undefined_column THEN
    RAISE WARNING 'Change capture: the hops % lead nowhere: %', hops, SQLERRM;
    RETURN '{}';
END
"""

# {name: (signature, result, body)}, in the order of creation.
FUNCTIONS = {
    HOPS_NAME: ("(hops jsonb, ids int[])", "int[]", HOPS),
    FUNCTION_NAME: ("()", "trigger", FUNCTION),
}


def create_statements() -> list[str]:
    """Return the SQL that makes the functions, or makes them as they are to be."""
    return [
        f"CREATE OR REPLACE FUNCTION {name}{signature} RETURNS {result} AS $${body}$$ LANGUAGE plpgsql"
        for name, (signature, result, body) in FUNCTIONS.items()
    ]
