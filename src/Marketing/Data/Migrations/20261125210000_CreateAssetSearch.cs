using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// Words of assets: captions, descriptions and the text of documents beside names and tags, with the synonyms of the trade. Each row of
/// <c>marketing_ops.search_synonyms</c> is a set of words that find each other; an installation may add its own.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125210000_CreateAssetSearch")]
public sealed class CreateAssetSearch : Migration
{
    private const string Synonyms = "Marketing.Library.Search.Synonyms.txt";

    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create index if not exists ix_asset_features_palette on marketing_ops.asset_features using gin (palette jsonb_path_ops);
            create table if not exists marketing_ops.search_synonyms (words text[] primary key check (cardinality(words) > 1));

            -- Both "hot & tub", as plain words are read, and "hot <-> tub", as quoted words are.
            create or replace view marketing_ops.search_rewrites as
            select distinct target, (select string_agg('(' || phraseto_tsquery('simple', synonym)::text || ')', ' | ')::tsquery from unnest(words) synonym) as substitute
            from   marketing_ops.search_synonyms, unnest(words) word, lateral (values (plainto_tsquery('simple', word)), (phraseto_tsquery('simple', word))) as form (target)
            where  numnode(target) > 0;

            -- Longer terms first, and each against the words as they were asked, so that a synonym is not replaced in turn.
            create or replace function marketing_ops.search_query(sought text) returns tsquery language plpgsql stable as $$
            declare
                asked tsquery := websearch_to_tsquery('simple', sought);
                written tsquery := asked;
                term record;
            begin
                for term in select target, substitute from marketing_ops.search_rewrites where asked @> target order by numnode(target) desc, target::text loop
                    written := ts_rewrite(written, term.target, term.substitute);
                end loop;
                return written;
            end $$;

            create or replace function marketing_ops.asset_words(r marketing.content_library) returns tsvector language sql stable as $$
                select setweight(to_tsvector('simple', left(coalesce(r.filename, ''), 2000) || ' ' || regexp_replace(left(coalesce(r.filename, ''), 2000), '[._-]+', ' ', 'g')), 'A')
                    || setweight(to_tsvector('simple', concat_ws(' ', array_to_string(r.tags, ' '), array_to_string(r.ai_tags, ' '))), 'B')
                    || setweight(to_tsvector('simple', left(concat_ws(' ', r.alt_text, r.caption), 20000)), 'C')
                    || setweight(to_tsvector('simple', concat_ws(' ', left(r.ai_description, 20000),
                           (select left(features.document_text, 200000) from marketing_ops.asset_features features where features.asset_id = r.id))), 'D')
            $$;
            """);
        migrationBuilder.Sql(Search("case when wanted = 'content_library' then marketing_ops.search_query(sought) else websearch_to_tsquery('simple', sought) end"));
        migrationBuilder.Sql(Documents("marketing_ops.asset_words(r)", "filename", "alt_text", "caption", "tags", "ai_tags", "ai_description"));
        migrationBuilder.Sql("""
            create or replace function marketing_ops.search_asset_text() returns trigger language plpgsql as $$
            begin
                update marketing_ops.search_documents d set words = marketing_ops.asset_words(r)
                from   marketing.content_library r where r.id = new.asset_id and d.table_name = 'content_library' and d.row_id = r.id;
                return null;
            end $$;
            create or replace trigger search_text_added after insert on marketing_ops.asset_features for each row when (new.document_text is not null) execute function marketing_ops.search_asset_text();
            create or replace trigger search_text_changed after update of document_text on marketing_ops.asset_features for each row when (new.document_text is distinct from old.document_text) execute function marketing_ops.search_asset_text();
            """);
        foreach (var words in ReadSynonyms())
            migrationBuilder.Sql($"insert into marketing_ops.search_synonyms (words) values (array[{string.Join(", ", words.Select(word => $"'{word.Replace("'", "''", StringComparison.Ordinal)}'"))}]) on conflict do nothing;");
        migrationBuilder.Sql("update marketing_ops.search_documents d set words = marketing_ops.asset_words(r) from marketing.content_library r where d.table_name = 'content_library' and d.row_id = r.id;");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("drop trigger if exists search_text_added on marketing_ops.asset_features; drop trigger if exists search_text_changed on marketing_ops.asset_features; drop function if exists marketing_ops.search_asset_text();");
        migrationBuilder.Sql(Search("websearch_to_tsquery('simple', sought)"));
        migrationBuilder.Sql(Documents("""
            setweight(to_tsvector('simple', left(coalesce(r.filename, ''), 20000)), 'A') || setweight(to_tsvector('simple', left(coalesce(r.alt_text, ''), 20000)), 'B')
                || setweight(to_tsvector('simple', coalesce(array_to_string(r.tags, ' '), '')), 'C') || setweight(to_tsvector('simple', coalesce(array_to_string(r.ai_tags, ' '), '')), 'D')
            """, "filename", "alt_text", "tags", "ai_tags"));
        migrationBuilder.Sql("""
            drop function if exists marketing_ops.asset_words(marketing.content_library);
            drop function if exists marketing_ops.search_query(text);
            drop view if exists marketing_ops.search_rewrites;
            drop table if exists marketing_ops.search_synonyms;
            drop index if exists marketing_ops.ix_asset_features_palette;
            """);
    }

    // As CreateSearch has it, but for the words that are asked for.
    private static string Search(string asked) => $"""
        create or replace function marketing_ops.search(wanted text, sought text) returns table (row_id uuid, rank real)
        language plpgsql stable set pg_trgm.word_similarity_threshold = 0.45 as $$
        declare
            asked tsquery := {asked};
        begin
            if exists (select from pg_extension where extname = 'pg_trgm') then
                return query
                select d.row_id, (ts_rank(d.words, asked) + word_similarity(sought, d.label))::real
                from   marketing_ops.search_documents d where d.table_name = wanted and (d.words @@ asked or sought <% d.label);
            else
                return query
                select d.row_id, ts_rank(d.words, asked) from marketing_ops.search_documents d where d.table_name = wanted and d.words @@ asked;
            end if;
        end $$;
        """;

    private static string Documents(string words, params string[] columns)
    {
        var document = $"select 'content_library', r.id, {words}, concat_ws(' ', r.filename, left(coalesce(r.alt_text, ''), 20000), coalesce(array_to_string(r.tags, ' '), '')) from";
        string Of(string row) => string.Join(", ", columns.Select(column => $"{row}.{column}"));
        return $"""
            create or replace function marketing_ops.search_content_library() returns trigger language plpgsql as $$
            begin
                if tg_op = 'INSERT' then
                    insert into marketing_ops.search_documents (table_name, row_id, words, label) {document} marketing.content_library r where r.id in (select id from added)
                    on conflict (table_name, row_id) do update set words = excluded.words, label = excluded.label;
                else
                    insert into marketing_ops.search_documents (table_name, row_id, words, label)
                    {document} marketing.content_library r where r.id in (select a.id from added a join removed o on o.id = a.id where ({Of("a")}) is distinct from ({Of("o")}))
                    on conflict (table_name, row_id) do update set words = excluded.words, label = excluded.label;
                end if;
                return null;
            end $$;
            """;
    }

    private static IEnumerable<string[]> ReadSynonyms()
    {
        using var reader = new StreamReader(typeof(CreateAssetSearch).Assembly.GetManifestResourceStream(Synonyms)!);
        while (reader.ReadLine() is { } line)
            if (line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 } words) yield return words;
    }
}
