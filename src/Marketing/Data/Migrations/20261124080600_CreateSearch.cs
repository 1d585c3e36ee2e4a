using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>
/// What <c>q</c> searches: a document per row, kept by triggers. The columns are those of <c>ResourceDescription.Search</c>, the weightiest
/// first. Misspelt words are found where the extension <c>pg_trgm</c> may be created; without it, exact words are.
/// </summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261124080600_CreateSearch")]
public sealed class CreateSearch : Migration
{
    private const int LongestText = 20_000;

    private static readonly (string Table, string[] Columns)[] Searched =
    [
        ("content", ["title", "excerpt", "tags[]", "content_body"]),
        ("content_library", ["filename", "alt_text", "tags[]", "ai_tags[]"]),
        ("campaigns", ["campaign_name", "goal"]),
        ("segments", ["segment_name", "description"]),
        ("social_posts", ["caption", "hashtags[]"]),
        ("website_pages", ["page_title", "page_path", "meta_description"]),
    ];

    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create table if not exists marketing_ops.search_documents (
                table_name text not null, row_id uuid not null, words tsvector not null, label text not null,
                primary key (table_name, row_id)
            );
            create index if not exists ix_search_documents_words on marketing_ops.search_documents using gin (words);
            do $do$
            begin
                create extension if not exists pg_trgm;
                create index if not exists ix_search_documents_label on marketing_ops.search_documents using gin (label gin_trgm_ops);
            exception when insufficient_privilege or undefined_file or feature_not_supported then
                raise notice 'pg_trgm cannot be created: misspelt words will not be found';
            end $do$;

            create or replace function marketing_ops.search(wanted text, sought text) returns table (row_id uuid, rank real)
            language plpgsql stable set pg_trgm.word_similarity_threshold = 0.45 as $$
            declare
                asked tsquery := websearch_to_tsquery('simple', sought);
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

            create or replace function marketing_ops.search_forget() returns trigger language plpgsql as $$
            begin
                delete from marketing_ops.search_documents d using removed r where d.table_name = tg_table_name and d.row_id = r.id;
                return null;
            end $$;
            """);
        foreach (var (table, columns) in Searched) migrationBuilder.Sql(Triggers(table, columns));
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var (table, _) in Searched)
            migrationBuilder.Sql($"drop trigger if exists search_added on marketing.{table}; drop trigger if exists search_changed on marketing.{table}; drop trigger if exists search_removed on marketing.{table}; drop function if exists marketing_ops.search_{table};");
        migrationBuilder.Sql("drop function if exists marketing_ops.search, marketing_ops.search_forget; drop table if exists marketing_ops.search_documents;");
    }

    private static string Triggers(string table, string[] columns)
    {
        var words = string.Join(" || ", columns.Select((column, weight) => $"setweight(to_tsvector('simple', {Text(column)}), '{"ABCD"[weight]}')"));
        // The last and longest text is found by its words alone.
        var label = $"concat_ws(' ', {string.Join(", ", columns.Take(3).Select(Text))})";
        var unchanged = string.Join(", ", columns.Select(Name));
        var document = $"select '{table}', r.id, {words}, {label} from";
        return $"""
            create or replace function marketing_ops.search_{table}() returns trigger language plpgsql as $$
            begin
                if tg_op = 'INSERT' then
                    insert into marketing_ops.search_documents (table_name, row_id, words, label) {document} added r
                    on conflict (table_name, row_id) do update set words = excluded.words, label = excluded.label;
                else
                    insert into marketing_ops.search_documents (table_name, row_id, words, label) {document} added r join removed o on o.id = r.id
                    where ({Of("r", unchanged)}) is distinct from ({Of("o", unchanged)})
                    on conflict (table_name, row_id) do update set words = excluded.words, label = excluded.label;
                end if;
                return null;
            end $$;
            create or replace trigger search_added after insert on marketing.{table} referencing new table as added for each statement execute function marketing_ops.search_{table}();
            create or replace trigger search_changed after update on marketing.{table} referencing old table as removed new table as added for each statement execute function marketing_ops.search_{table}();
            create or replace trigger search_removed after delete on marketing.{table} referencing old table as removed for each statement execute function marketing_ops.search_forget();
            insert into marketing_ops.search_documents (table_name, row_id, words, label) {document} marketing.{table} r on conflict (table_name, row_id) do nothing;
            """;
    }

    private static string Name(string column) => column.TrimEnd('[', ']');

    private static string Of(string alias, string columns) => string.Join(", ", columns.Split(", ").Select(column => $"{alias}.{column}"));

    private static string Text(string column) => column.EndsWith("[]", StringComparison.Ordinal)
        ? $"coalesce(array_to_string(r.{Name(column)}, ' '), '')"
        : $"left(coalesce(r.{column}, ''), {LongestText})";
}
