// @supabase/postgrest-js as it comes from npm, against the API; what it gets is compared with what PostgreSQL says.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { PostgrestClient } from '@supabase/postgrest-js';
import pg from 'pg';

const { API_URL, API_KEY, DATABASE_URL } = process.env;
const api = new PostgrestClient(API_URL, { headers: { Authorization: `Bearer ${API_KEY}` } });
const sql = new pg.Client({ connectionString: DATABASE_URL });
const ask = async (text, ...values) => (await sql.query(text, values)).rows;
const ok = ({ data, error, ...rest }) => { assert.equal(error, null, JSON.stringify(error)); return { data, ...rest }; };
const ids = rows => rows.map(row => row.id).sort();

before(async () => {
  await sql.connect();
  const campaigns = Array.from({ length: 12 }, (_, i) => ({
    campaign_name: `Client ${String(i).padStart(2, '0')}`, campaign_type: ['email', 'social', 'sms'][i % 3], goal: 'clients',
    budget: i % 4 === 0 ? null : i * 10, target_metrics: { clicks: i, nested: { kind: i % 2 ? 'odd' : 'even' } },
  }));
  ok(await api.from('campaigns').insert(campaigns));
  const first = ok(await api.from('campaigns').select('id').eq('campaign_name', 'Client 01').single()).data;
  const account = ok(await api.from('social_accounts').insert({ platform: 'instagram', account_name: 'clients' }).select().single()).data;
  ok(await api.from('social_posts').insert([1, 2, 3].map(i => ({ account_id: account.id, campaign_id: first.id, caption: `Post ${i}`, post_type: 'post', hashtags: i === 2 ? ['#pool', '#sun'] : ['#sea'] }))));
  ok(await api.from('content').insert([{ title: 'Pool days, (with) commas', content_type: 'blog', content_body: 'The cats sat by the swimming pool.', tags: ['pool', 'sun'] }, { title: 'Sea', content_type: 'social', tags: ['sea'] }]));
});
after(() => sql.end());

test('insert without select answers nothing', async () => {
  const { data, status } = ok(await api.from('segments').insert([{ segment_name: 'silent' }]));
  assert.equal(data, null);
  assert.equal(status, 201);
});

test('filters meet the rows that SQL meets', async () => {
  const base = () => api.from('campaigns').select('id').eq('goal', 'clients');
  const cases = [
    [base().gt('budget', 30), 'budget > 30'],
    [base().gte('budget', 30).lt('budget', 90), 'budget >= 30 and budget < 90'],
    [base().neq('campaign_type', 'email'), "campaign_type <> 'email'"],
    [base().is('budget', null), 'budget is null'],
    [base().not('budget', 'is', null), 'budget is not null'],
    [base().in('campaign_type', ['email', 'sms']), "campaign_type in ('email', 'sms')"],
    [base().like('campaign_name', 'Client 0%'), "campaign_name like 'Client 0%'"],
    [base().ilike('campaign_name', 'CLIENT 1%'), "campaign_name ilike 'client 1%'"],
    [base().likeAllOf('campaign_name', ['%lient%', '%1']), "campaign_name like all (array['%lient%', '%1'])"],
    [base().ilikeAnyOf('campaign_name', ['%00', '%11']), "campaign_name ilike any (array['%00', '%11'])"],
    [base().contains('target_metrics', { nested: { kind: 'odd' } }), `target_metrics @> '{"nested":{"kind":"odd"}}'`],
    [base().filter('target_metrics->>clicks', 'eq', '5'), "target_metrics->>'clicks' = '5'"],
    [base().eq('target_metrics->nested->>kind', 'even'), "target_metrics->'nested'->>'kind' = 'even'"],
    [base().or('budget.is.null,and(budget.gt.50,campaign_type.eq.sms)'), "(budget is null or (budget > 50 and campaign_type = 'sms'))"],
    [base().not('campaign_type', 'in', '(email,sms)'), "campaign_type not in ('email', 'sms')"],
    [base().match({ campaign_type: 'social', campaign_name: 'Client 04' }), "campaign_type = 'social' and campaign_name = 'Client 04'"],
    [base().filter('campaign_name', 'match', '^Client 0[1-3]$'), "campaign_name ~ '^Client 0[1-3]$'"],
    [base().filter('budget', 'isdistinct', '50'), 'budget is distinct from 50'],
  ];
  for (const [query, where] of cases) {
    const { data } = ok(await query);
    const expected = await ask(`select id from marketing.campaigns where goal = 'clients' and ${where}`);
    assert.ok(expected.length > 0, where);
    assert.deepEqual(ids(data), ids(expected), where);
  }
});

test('array and text search operators', async () => {
  const content = () => api.from('content').select('id');
  const cases = [
    [content().contains('tags', ['pool']), "tags @> '{pool}'"],
    [content().containedBy('tags', ['pool', 'sun', 'rain']), "tags <@ '{pool,sun,rain}'"],
    [content().overlaps('tags', ['sea', 'sun']), "tags && '{sea,sun}'"],
    [content().textSearch('content_body', 'cat & swim', { config: 'english' }), "to_tsvector('english', content_body) @@ to_tsquery('english', 'cat & swim')"],
    [content().textSearch('content_body', 'swimming pool', { type: 'phrase', config: 'english' }), "to_tsvector('english', content_body) @@ phraseto_tsquery('english', 'swimming pool')"],
    [content().textSearch('content_body', '"by the" -dog', { type: 'websearch' }), "to_tsvector('english', content_body) @@ websearch_to_tsquery('english', '\"by the\" -dog')"],
    [content().textSearch('content_body', 'cats pool', { type: 'plain' }), "to_tsvector('english', content_body) @@ plainto_tsquery('english', 'cats pool')"],
    [content().in('title', ['Pool days, (with) commas']), "title = 'Pool days, (with) commas'"],
    [content().or('title.eq."Pool days, (with) commas",title.eq.Sea'), "title in ('Pool days, (with) commas', 'Sea')"],
  ];
  for (const [query, where] of cases) {
    const { data } = ok(await query);
    const expected = await ask(`select id from marketing.content where ${where}`);
    assert.ok(expected.length > 0, where);
    assert.deepEqual(ids(data), ids(expected), where);
  }
});

test('related rows in both directions, filtered, ordered, counted, inner, spread', async () => {
  const { data } = ok(await api.from('campaigns').select('campaign_name, posts:social_posts(caption, account:social_accounts(account_name))').eq('campaign_name', 'Client 01')
    .order('caption', { referencedTable: 'posts', ascending: false }).limit(2, { referencedTable: 'posts' }).single());
  assert.deepEqual(data, { campaign_name: 'Client 01', posts: [{ caption: 'Post 3', account: { account_name: 'clients' } }, { caption: 'Post 2', account: { account_name: 'clients' } }] });

  const inner = ok(await api.from('campaigns').select('campaign_name, social_posts!inner(caption)').eq('social_posts.caption', 'Post 2')).data;
  assert.deepEqual(inner, [{ campaign_name: 'Client 01', social_posts: [{ caption: 'Post 2' }] }]);

  const counted = ok(await api.from('campaigns').select('campaign_name, social_posts(count)').eq('campaign_name', 'Client 01').single()).data;
  assert.deepEqual(counted.social_posts, [{ count: 3 }]);

  const spread = ok(await api.from('social_posts').select('caption, ...campaigns(campaign:campaign_name), by:account_id(account_name)').eq('caption', 'Post 1')).data;
  assert.deepEqual(spread, [{ caption: 'Post 1', campaign: 'Client 01', by: { account_name: 'clients' } }]);

  const without = ok(await api.from('campaigns').select('campaign_name, social_posts()').eq('goal', 'clients').is('social_posts', null)).data;
  assert.equal(without.length, 11);

  const byParent = ok(await api.from('social_posts').select('caption, campaigns(campaign_name)').order('campaigns(campaign_name)', { ascending: false }).order('caption')).data;
  assert.deepEqual(byParent.slice(0, 1).map(row => row.caption), ['Post 1']);
});

test('aggregates group by the other columns', async () => {
  const { data } = ok(await api.from('campaigns').select('campaign_type, n:id.count(), budget.sum(), budget.max()').eq('goal', 'clients').order('campaign_type'));
  const expected = await ask("select campaign_type, count(id)::int n, sum(budget)::float sum, max(budget)::float max from marketing.campaigns where goal = 'clients' group by 1 order by 1");
  assert.deepEqual(data, expected.map(row => ({ campaign_type: row.campaign_type, n: row.n, sum: row.sum, max: row.max })));
});

test('order, range, count, head', async () => {
  const page = ok(await api.from('campaigns').select('campaign_name, budget', { count: 'exact' }).eq('goal', 'clients').order('budget', { ascending: false, nullsFirst: false }).order('campaign_name').range(2, 5));
  const expected = await ask("select campaign_name, budget::float from marketing.campaigns where goal = 'clients' order by budget desc nulls last, campaign_name limit 4 offset 2");
  assert.deepEqual(page.data, expected.map(row => ({ campaign_name: row.campaign_name, budget: row.budget })));
  assert.equal(page.count, 12);
  assert.equal(page.status, 206);
  const head = ok(await api.from('campaigns').select('*', { count: 'exact', head: true }).eq('goal', 'clients'));
  assert.equal(head.count, 12);
  for (const count of ['planned', 'estimated']) assert.equal(typeof ok(await api.from('campaigns').select('id', { count })).count, 'number');
  const outside = await api.from('campaigns').select('id', { count: 'exact' }).eq('goal', 'clients').range(100, 110);
  assert.equal(outside.error.code, 'PGRST103');
  assert.equal(outside.status, 416);
});

test('single, maybeSingle and their errors', async () => {
  const none = await api.from('campaigns').select('id').eq('campaign_name', 'nobody').single();
  assert.equal(none.error.code, 'PGRST116');
  assert.equal(none.status, 406);
  assert.equal((await api.from('campaigns').select('id').eq('goal', 'clients').single()).error.code, 'PGRST116');
  assert.equal(ok(await api.from('campaigns').select('id').eq('campaign_name', 'nobody').maybeSingle()).data, null);
  assert.ok(ok(await api.from('campaigns').select('id').eq('campaign_name', 'Client 03').maybeSingle()).data.id);
});

test('csv out and casts', async () => {
  const { data } = ok(await api.from('campaigns').select('campaign_name,budget').eq('campaign_name', 'Client 01').csv());
  assert.equal(data, 'campaign_name,budget\nClient 01,10.00\n');
  assert.deepEqual(ok(await api.from('campaigns').select('budget::text, kind:target_metrics->nested->>kind').eq('campaign_name', 'Client 01').single()).data, { budget: '10.00', kind: 'odd' });
});

test('insert, update, delete, with the rows or without', async () => {
  const made = ok(await api.from('segments').insert([{ segment_name: 'one' }, { segment_name: 'two', description: 'x' }]).select('segment_name, description')).data;
  assert.deepEqual(made, [{ segment_name: 'one', description: null }, { segment_name: 'two', description: 'x' }]);
  const changed = ok(await api.from('segments').update({ description: 'y' }).in('segment_name', ['one', 'two']).select('description')).data;
  assert.deepEqual(changed, [{ description: 'y' }, { description: 'y' }]);
  assert.equal(ok(await api.from('segments').update({ description: 'z' }).eq('segment_name', 'one')).status, 204);
  assert.equal((await ask("select description from marketing.segments where segment_name = 'one'"))[0].description, 'z');
  const gone = ok(await api.from('segments').delete().eq('segment_name', 'one').select('segment_name')).data;
  assert.deepEqual(gone, [{ segment_name: 'one' }]);
  assert.equal(ok(await api.from('segments').delete().eq('segment_name', 'two')).data, null);
  assert.equal((await ask("select count(*)::int n from marketing.segments where segment_name in ('one', 'two')"))[0].n, 0);
});

test('upsert by key and by unique columns, merging and ignoring', async () => {
  const site = ok(await api.from('websites').insert({ website_name: 'Upserts' }).select().single()).data;
  const pages = [{ website_id: site.id, page_path: '/a', page_title: 'A' }, { website_id: site.id, page_path: '/b', page_title: 'B' }];
  ok(await api.from('website_pages').upsert(pages, { onConflict: 'website_id,page_path' }));
  const merged = ok(await api.from('website_pages').upsert([{ ...pages[0], page_title: 'A2' }, { website_id: site.id, page_path: '/c', page_title: 'C' }], { onConflict: 'website_id,page_path' }).select('page_path, page_title')).data;
  assert.deepEqual(merged, [{ page_path: '/a', page_title: 'A2' }, { page_path: '/c', page_title: 'C' }]);
  const ignored = ok(await api.from('website_pages').upsert([{ ...pages[1], page_title: 'B2' }], { onConflict: 'website_id,page_path', ignoreDuplicates: true }).select()).data;
  assert.deepEqual(ignored, []);
  const byKey = ok(await api.from('websites').upsert({ id: site.id, website_name: 'Upserted' }).select('id, website_name').single()).data;
  assert.deepEqual(byKey, { id: site.id, website_name: 'Upserted' });
  assert.deepEqual((await ask('select page_path, page_title from marketing.website_pages where website_id = $1 order by 1', site.id)).map(row => row.page_title), ['A2', 'B', 'C']);
});

test('errors carry code, message, details and hint', async () => {
  const site = ok(await api.from('websites').insert({ website_name: 'Errors' }).select().single()).data;
  ok(await api.from('website_pages').insert({ website_id: site.id, page_path: '/', page_title: 'x' }));
  const cases = [
    [api.from('website_pages').insert({ website_id: site.id, page_path: '/', page_title: 'y' }), '23505', 409],
    [api.from('website_pages').insert({ website_id: crypto.randomUUID(), page_path: '/', page_title: 'y' }), '23503', 422],
    [api.from('campaigns').select('nonsense'), '42703', 400],
    [api.from('campaigns').select('id, nothing(id)'), 'PGRST200', 400],
    [api.from('attribution').select('id, campaigns(id)'), 'PGRST201', 400],
    [api.from('campaigns').insert({ campaign_name: 'x', campaign_type: 'email', nonsense: 1 }), 'PGRST204', 422],
    [api.from('campaigns').update({ goal: 'x' }), '21000', 400],
    [api.from('campaigns').delete(), '21000', 400],
    [api.from('campaigns').update({ goal: 'clients' }).eq('goal', 'clients').maxAffected(2), 'PGRST124', 400],
    [new PostgrestClient(API_URL, { headers: { Authorization: 'Bearer mkt_wrong' } }).from('campaigns').select(), 'PGRST301', 401],
  ];
  for (const [query, code, status] of cases) {
    const answer = await query;
    assert.equal(answer.error?.code, code, JSON.stringify(answer));
    assert.equal(answer.status, status);
    assert.equal(typeof answer.error.message, 'string');
    assert.ok('details' in answer.error && 'hint' in answer.error);
  }
});

test('rollback stores nothing', async () => {
  const { data } = ok(await api.from('segments').insert({ segment_name: 'ghost' }).rollback().select('segment_name').single());
  assert.equal(data.segment_name, 'ghost');
  assert.equal((await ask("select count(*)::int n from marketing.segments where segment_name = 'ghost'"))[0].n, 0);
});
