// A client generated from the description of the API: it compiles, and its types are those of the answers.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

const api = createClient<paths>({ baseUrl: process.env.API_URL!, headers: { 'x-api-key': process.env.API_KEY! } });

const made = await api.POST('/segments', { body: { segment_name: 'typed', segment_type: 'static' } });
assert.equal(made.response.status, 201);
const segment = made.data as components['schemas']['segments'];
assert.match(segment.segment_id!, /^SEG-\d{6}$/);

const listed = await api.GET('/segments', { params: { query: { segment_name: 'eq.typed', limit: 5 } } });
const rows = listed.data as components['schemas']['segments'][];
assert.deepEqual(rows.map(row => row.id), [segment.id]);

const changed = await api.PATCH('/segments/{id}', { params: { path: { id: segment.segment_id! }, header: { 'If-Match': made.response.headers.get('etag')! } }, body: { description: 'by a typed client' } });
assert.equal(changed.data!.description, 'by a typed client');

const refused = await api.POST('/content', { body: { title: 'x', content_type: 'novel' as 'blog' } });
const problem: components['schemas']['problem'] = refused.error!;
assert.equal(problem.errors![0].field, 'content_type');

const gone = await api.DELETE('/segments/{id}', { params: { path: { id: segment.id! } } });
assert.equal(gone.response.status, 204);
