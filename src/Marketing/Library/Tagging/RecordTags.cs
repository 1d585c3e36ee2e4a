using Marketing.Data;
using Microsoft.EntityFrameworkCore;

namespace Marketing.Library.Tagging;

/// <summary>
/// Writes what a tagger saw into an asset's row without touching what a person wrote. What the machine wrote last is kept beside the row:
/// where the row says something else since, a person said it. A tag that was there and is gone was removed by a person and stays away.
/// </summary>
internal sealed class RecordTags(MarketingDbContext database, IMediaTagger tagger)
{
    /// <summary>Writes tags, sentence, alternative text and focal point. Joins the caller's transaction; the row must exist in it.</summary>
    public async Task RunAsync(Guid assetId, SeenImage seen, CancellationToken cancellationToken)
    {
        var tags = seen.Tags.Tags.Select(tag => tag.Tag).ToArray();
        var confidence = seen.Tags.Tags.Select(tag => tag.Confidence).ToArray();
        await database.Database.ExecuteSqlAsync($"""
            with row as materialized (select id, ai_tags, ai_description, alt_text, focal_point from marketing.content_library where id = {assetId} for update),
            last as (select * from marketing_ops.asset_tagging where asset_id = {assetId}),
            gone as (
                insert into marketing_ops.asset_tags (asset_id, tag, confidence, tagger, model, removed_at)
                select row.id, tag, 0, last.tagger, last.model, now()
                from   row join last on true cross join lateral unnest(last.ai_tags) as tag
                where  tag <> all(coalesce(row.ai_tags, array[]::text[]))
                on conflict (asset_id, tag) do update set removed_at = now()
                returning tag),
            refused as (select tag from gone union select tag from marketing_ops.asset_tags where asset_id = {assetId} and removed_at is not null),
            seen as (
                select tag, confidence, place from unnest({tags}::text[], {confidence}::real[]) with ordinality as t (tag, confidence, place)
                where  tag not in (select tag from refused)),
            added as (
                select tag, place from row left join last on true cross join lateral unnest(row.ai_tags) with ordinality as t (tag, place)
                where  tag <> all(coalesce(last.ai_tags, array[]::text[]))),
            kept as (
                insert into marketing_ops.asset_tags (asset_id, tag, confidence, tagger, model)
                select {assetId}, tag, confidence, {tagger.Name}, {tagger.Model} from seen
                on conflict (asset_id, tag) do update set confidence = excluded.confidence, tagger = excluded.tagger, model = excluded.model, seen_at = now()),
            forgotten as (
                delete from marketing_ops.asset_tags where asset_id = {assetId} and removed_at is null and tag <> all({tags}::text[]) and tag not in (select tag from gone)),
            next as (
                select array(select tag from added order by place) || array(select tag from seen where tag not in (select tag from added) order by place) as ai_tags,
                       array(select tag from seen where tag not in (select tag from added) order by place) as machine_tags,
                       row.ai_description is null or row.ai_description is not distinct from last.ai_description as may_describe,
                       row.alt_text is null or row.alt_text is not distinct from last.alt_text as may_alt,
                       row.focal_point is null or row.focal_point is not distinct from last.focal_point as may_focus
                from   row left join last on true),
            written as (
                update marketing.content_library as asset
                set    ai_tags = next.ai_tags,
                       ai_description = case when may_describe then {seen.Description} else asset.ai_description end,
                       alt_text = case when may_alt then {seen.AltText} else asset.alt_text end,
                       focal_point = case when may_focus then {seen.FocalPoint}::jsonb else asset.focal_point end
                from   next where asset.id = {assetId})
            insert into marketing_ops.asset_tagging as tagging (asset_id, tagger, model, ai_tags, ai_description, alt_text, focal_point, input_tokens, output_tokens)
            select {assetId}, {tagger.Name}, {tagger.Model}, machine_tags, {seen.Description}, {seen.AltText}, {seen.FocalPoint}::jsonb, {seen.Tags.InputTokens}, {seen.Tags.OutputTokens} from next
            on conflict (asset_id) do update
            set    tagger = excluded.tagger, model = excluded.model, ai_tags = excluded.ai_tags, ai_description = excluded.ai_description, alt_text = excluded.alt_text,
                   focal_point = excluded.focal_point, input_tokens = tagging.input_tokens + excluded.input_tokens, output_tokens = tagging.output_tokens + excluded.output_tokens, tagged_at = now()
            """, cancellationToken);
    }
}
