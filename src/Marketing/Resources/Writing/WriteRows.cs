using System.Collections.Concurrent;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Access;
using Marketing.Resources.Querying;
using Marketing.Resources.Reading;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketing.Resources.Writing;

/// <summary>
/// Writes rows of one table, one or thousands, within an open transaction: loads and holds what is changed, runs every rule, stores rows,
/// what rules added and audit entries, and checks that the caller may have written what came out.
/// </summary>
internal sealed class WriteRows(ResourceCatalog catalog, IServiceProvider services, TimeProvider clock)
{
    private const int MaxAttempts = 3;

    private readonly ConcurrentDictionary<Resource, TableStore> stores = new();
    private readonly ConcurrentDictionary<Resource, RuleRunner> rules = new();

    /// <summary>The store of a table.</summary>
    public TableStore Store(Resource resource) => stores.GetOrAdd(resource, static table => new TableStore(table));

    /// <summary>Does the operations: all of them, or none.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="access">What the caller may do.</param>
    /// <param name="resource">The table.</param>
    /// <param name="operations">What to do.</param>
    /// <param name="conflict">Columns by which upserts find their row; null for the key.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="ProblemException">An operation is refused. The transaction must be given up.</exception>
    public async Task<RowOutcome[]> AllAsync(WriteSession session, CallerAccess access, Resource resource, IReadOnlyList<RowOperation> operations, IReadOnlyList<Column>? conflict, CancellationToken cancellationToken)
    {
        var mayMeet = operations.Any(operation => operation.Kind is OperationKind.Upsert or OperationKind.CreateIfAbsent);
        for (var attempt = 1; ; attempt++)
        {
            if (mayMeet) await session.SaveAsync("rows", cancellationToken);
            try
            {
                var outcomes = await RunAsync(session, access, resource, operations, conflict, cancellationToken);
                return outcomes.Any(outcome => outcome.Problem is not null) ? throw new ProblemException(Together(outcomes)) : outcomes;
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation && attempt < MaxAttempts && mayMeet)
            {
                // Another transaction added the row after this one had looked for it; now it is found.
                await session.TakeBackAsync("rows", cancellationToken);
            }
        }
    }

    /// <summary>Does the operations that can be done. What is refused only when it is stored is narrowed down by halves to the operations to blame.</summary>
    public async Task<RowOutcome[]> EachAsync(WriteSession session, CallerAccess access, Resource resource, IReadOnlyList<RowOperation> operations, IReadOnlyList<Column>? conflict, CancellationToken cancellationToken)
    {
        await session.SaveAsync("rows", cancellationToken);
        try
        {
            return await RunAsync(session, access, resource, operations, conflict, cancellationToken);
        }
        catch (Exception refused) when (Refusal(refused) is { } problem)
        {
            await session.TakeBackAsync("rows", cancellationToken);
            if (operations.Count == 1) return [new RowOutcome { Problem = problem }];
            var half = operations.Count / 2;
            var first = await EachAsync(session, access, resource, [.. operations.Take(half)], conflict, cancellationToken);
            return [.. first, .. await EachAsync(session, access, resource, [.. operations.Skip(half)], conflict, cancellationToken)];
        }
    }

    /// <summary>Loads and holds the rows that a filter meets, at most one more than the given number.</summary>
    public Task<List<StoredRow>> LockAsync(WriteSession session, TableAccess access, IReadOnlyList<Filter> filters, int limit, CancellationToken cancellationToken) =>
        Store(access.Resource).LockAsync(session.Connection, (sql, table) =>
        {
            sql.Table(access.Resource, table).Sql(" where ");
            WriteCondition.All(sql, table, access.Rows is { } rows ? [rows, .. filters] : filters);
            sql.Sql(" order by ").Column(table, access.Resource.Key).Sql(" limit ").Literal(limit + 1);
        }, number: null, cancellationToken);

    private async Task<RowOutcome[]> RunAsync(WriteSession session, CallerAccess access, Resource resource, IReadOnlyList<RowOperation> operations, IReadOnlyList<Column>? conflict, CancellationToken cancellationToken)
    {
        var work = new Work(this, session, access, resource, clock.GetUtcNow());
        var outcomes = await work.RunAsync(operations, conflict, cancellationToken);
        ManagedHeap.Release(operations.Count);
        return outcomes;
    }

    private TableStore Store(object row) => Store(catalog.Of(row.GetType()));

    private RuleRunner Rules(Resource resource) => rules.GetOrAdd(resource, table => (RuleRunner)services.GetRequiredService(typeof(RuleRunner<>).MakeGenericType(table.Description.Entity)));

    private Problem? Refusal(Exception exception) => exception switch
    {
        ProblemException refused => refused.Problem,
        PostgresException error => DatabaseErrors.ToProblem(error, catalog),
        _ => null,
    };

    private static Problem Together(RowOutcome[] outcomes)
    {
        var refused = outcomes.Select((outcome, index) => (outcome.Problem, index)).Where(pair => pair.Problem is not null).ToList();
        if (outcomes.Length == 1 || refused[0].Problem!.Status is not (400 or 422)) return refused[0].Problem!;
        var errors = refused.Where(pair => pair.Problem!.Errors.Count > 0).SelectMany(pair => pair.Problem!.Errors.Select(error => error with { Field = $"rows[{pair.index}].{error.Field}" })).Take(100).ToList();
        return Problem.Unprocessable("invalid_rows", $"{refused.Count} of {outcomes.Length} rows are refused; nothing was stored. The first is row {refused[0].index}: {refused[0].Problem!.Detail}", errors);
    }

    // The steps over one set of operations.
    private sealed class Work(WriteRows owner, WriteSession session, CallerAccess access, Resource resource, DateTimeOffset now)
    {
        private readonly TableStore store = owner.Store(resource);
        private readonly List<(object Row, ulong Set)> created = [];
        private readonly List<NpgsqlBatchCommand> updates = [];
        private readonly List<Guid> deleted = [];
        private readonly List<object> added = [];
        private readonly List<AuditLine> audit = [];
        private readonly List<(Guid Id, RowOutcome Outcome, TableAction Action)> written = [];

        public async Task<RowOutcome[]> RunAsync(IReadOnlyList<RowOperation> operations, IReadOnlyList<Column>? conflict, CancellationToken cancellationToken)
        {
            var outcomes = operations.Select(operation => new RowOutcome { Problem = operation.Problem }).ToArray();
            var stored = operations.Select(operation => operation.Stored).ToArray();
            await FindByKeyAsync(operations, stored, outcomes, cancellationToken);
            await FindByValuesAsync(operations, stored, outcomes, conflict ?? [resource.Key], cancellationToken);
            var touched = new HashSet<Guid>();
            for (var i = 0; i < operations.Count; i++)
            {
                if (outcomes[i].Problem is null && stored[i] is { } row && !touched.Add(row.Id)) outcomes[i].Problem = Twice(i);
                if (outcomes[i].Problem is null) await PrepareAsync(operations[i], stored[i], outcomes[i], cancellationToken);
            }
            await StoreAsync(cancellationToken);
            await CheckAsync(cancellationToken);
            return outcomes;
        }

        private async Task FindByKeyAsync(IReadOnlyList<RowOperation> operations, StoredRow?[] stored, RowOutcome[] outcomes, CancellationToken cancellationToken)
        {
            var named = operations.Index().Where(pair => pair.Item.Key is not null && outcomes[pair.Index].Problem is null).ToList();
            foreach (var group in named.GroupBy(pair => (pair.Item.Key!.Column, Action: pair.Item.Kind == OperationKind.Delete ? TableAction.Delete : TableAction.Update)))
            {
                var table = access.To(resource, group.Key.Action);
                var values = group.Select(pair => pair.Item.Key!.Value).Distinct().Cast<object?>().ToList();
                var rows = table is null ? [] : await owner.Store(resource).LockAsync(session.Connection, (sql, alias) =>
                {
                    sql.Table(resource, alias).Sql(" where ").Column(alias, group.Key.Column).Sql(" = any(").Values(group.Key.Column.Type, values).Sql(") and ");
                    WriteCondition.All(sql, alias, table.Rows is { } visible ? [visible] : []);
                    sql.Sql(" order by ").Column(alias, resource.Key);
                }, number: null, cancellationToken);
                var byKey = rows.ToDictionary(row => group.Key.Column.Accessor.Get(row.Row)!);
                foreach (var (index, operation) in group)
                {
                    if (byKey.TryGetValue(operation.Key!.Value, out var row)) stored[index] = row;
                    else outcomes[index].Problem = Problem.NotFound(resource.Table, operation.Key.Text);
                }
            }
        }

        // Upserts: rows that exist already are found by the values of a unique key.
        private async Task FindByValuesAsync(IReadOnlyList<RowOperation> operations, StoredRow?[] stored, RowOutcome[] outcomes, IReadOnlyList<Column> conflict, CancellationToken cancellationToken)
        {
            var wanted = operations.Index().Where(pair => pair.Item is { Kind: OperationKind.Upsert or OperationKind.CreateIfAbsent, Key: null } && outcomes[pair.Index].Problem is null
                && conflict.All(column => !column.Accessor.IsUnset(pair.Item.Values!))).ToList();
            if (wanted.Count == 0) return;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (index, operation) in wanted)
            {
                if (!seen.Add(string.Join('\u001f', conflict.Select(column => column.Accessor.Get(operation.Values!))))) outcomes[index].Problem = Twice(index);
            }
            // A row that the caller may not change is not found, so that adding it again is refused by the database.
            var visible = wanted.Any(pair => pair.Item.Kind == OperationKind.Upsert) ? access.To(resource, TableAction.Update)?.Rows : null;
            var rows = await store.LockAsync(session.Connection, (sql, alias) =>
            {
                sql.Table(resource, alias).Sql(" join unnest(").Joined(", ", conflict, column => sql.Values(column.Type, [.. wanted.Select(pair => column.Accessor.Get(pair.Item.Values!))]));
                sql.Sql(") with ordinality as k (").Joined(", ", conflict, column => sql.Identifier(column.Name)).Sql(", number) on ");
                sql.Joined(" and ", conflict, column => sql.Column(alias, column).Sql(" = k.").Identifier(column.Name)).Sql(" where ");
                WriteCondition.All(sql, alias, visible is null ? [] : [visible]);
                sql.Sql(" order by ").Column(alias, resource.Key);
            }, sql => sql.Sql("k.number"), cancellationToken);
            foreach (var row in rows) stored[wanted[(int)row.Number - 1].Index] = row;
        }

        private async Task PrepareAsync(RowOperation operation, StoredRow? stored, RowOutcome outcome, CancellationToken cancellationToken)
        {
            if (stored is not null) outcome.Id = stored.Id;
            if (stored is not null && !ETag.Matches(operation.IfMatch, stored.ETag)) outcome.Problem = Problem.PreconditionFailed(stored.ETag);
            else if (operation.Kind == OperationKind.Delete) await DeleteAsync(stored!, outcome, cancellationToken);
            else if (stored is null) await CreateAsync(operation, outcome, cancellationToken);
            else if (operation.Kind != OperationKind.CreateIfAbsent) await UpdateAsync(operation, stored, outcome, cancellationToken);
        }

        private async Task CreateAsync(RowOperation operation, RowOutcome outcome, CancellationToken cancellationToken)
        {
            if (access.To(resource, TableAction.Create) is not { } allowed || Ungranted(allowed, operation.Set) is not null)
            {
                outcome.Problem = NotGranted(TableAction.Create, Ungranted(access.To(resource, TableAction.Create), operation.Set));
                return;
            }
            var missing = ParseRow.Missing(resource, operation.Set).ToList();
            if (missing.Count > 0)
            {
                outcome.Problem = ParseRow.Refused(missing);
                return;
            }
            // A copy: the operation may be done again after others of its request were taken back, and rules change the row.
            var row = store.Copy(operation.Values!);
            if (resource.BusinessId is { } businessId && (operation.Set & TableStore.Bit(businessId)) != 0)
            {
                outcome.Problem = Problem.Unprocessable("no_such_row", $"No row of {resource.Table} has this {businessId.Name}, and new ones get theirs from the product. Leave it out to create one.", new FieldError(businessId.Name, "no_such_row", "Names a row that does not exist."));
                return;
            }
            if (resource.Key.Accessor.IsUnset(row)) resource.Key.Accessor.Set(row, UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql));
            outcome.Id = (Guid)resource.Key.Accessor.Get(row)!;
            if (resource.Find("created_by") is { } createdBy && createdBy.Accessor.IsUnset(row)) createdBy.Accessor.Set(row, session.Caller.Name);
            if (!await ApplyRulesAsync(WriteKind.Create, row, null, outcome, cancellationToken)) return;
            created.Add((row, operation.Set));
            Note(outcome, WriteKind.Create, "create", null, row);
        }

        private async Task UpdateAsync(RowOperation operation, StoredRow stored, RowOutcome outcome, CancellationToken cancellationToken)
        {
            var row = store.Copy(stored.Row);
            foreach (var column in resource.Columns)
            {
                if ((operation.Set & TableStore.Bit(column)) != 0) column.Accessor.Copy(operation.Values!, row);
            }
            operation.Patch?.Invoke(row);
            // What an upsert names only to find the row is no change.
            if (Ungranted(access.To(resource, TableAction.Update), store.Differences(stored.Row, row)) is { } refused)
            {
                outcome.Problem = NotGranted(TableAction.Update, refused);
                return;
            }
            if (store.Differences(stored.Row, row) == 0) return;
            if (!await ApplyRulesAsync(WriteKind.Update, row, stored.Row, outcome, cancellationToken)) return;
            updates.Add(store.Update(row, store.Differences(stored.Row, row)));
            Note(outcome, WriteKind.Update, "update", stored.Row, row);
        }

        private async Task DeleteAsync(StoredRow stored, RowOutcome outcome, CancellationToken cancellationToken)
        {
            if (!await ApplyRulesAsync(WriteKind.Delete, stored.Row, stored.Row, outcome, cancellationToken)) return;
            deleted.Add(stored.Id);
            Note(outcome, WriteKind.Delete, "delete", stored.Row, null);
        }

        private async Task<bool> ApplyRulesAsync(WriteKind kind, object row, object? before, RowOutcome outcome, CancellationToken cancellationToken)
        {
            var (errors, more) = await owner.Rules(resource).RunAsync(kind, row, before, resource, session.Connection, session.Caller, now, cancellationToken);
            if (errors.Count > 0) outcome.Problem = Problem.Unprocessable("rule_violation", errors[0].Message, errors);
            else added.AddRange(more);
            return errors.Count == 0;
        }

        private void Note(RowOutcome outcome, WriteKind kind, string action, object? before, object? after)
        {
            outcome.Done = kind;
            audit.Add(new AuditLine(action, outcome.Id, DescribeChanges.Run(resource, before, after)));
            if (kind != WriteKind.Delete) written.Add((outcome.Id, outcome, kind == WriteKind.Create ? TableAction.Create : TableAction.Update));
        }

        private async Task StoreAsync(CancellationToken cancellationToken)
        {
            await using var batch = new NpgsqlBatch(session.Connection);
            await store.InsertAsync(batch, created, cancellationToken);
            foreach (var update in updates) batch.BatchCommands.Add(update);
            if (deleted.Count > 0) batch.BatchCommands.Add(store.Delete(deleted));
            foreach (var group in added.GroupBy(row => row.GetType())) await owner.Store(group.First()).InsertAsync(batch, [.. group.Select(row => (row, 0UL))], cancellationToken);
            if (audit.Count > 0) batch.BatchCommands.Add(AuditLog.Command(session.Caller, session.OnBehalfOf, resource.Table, audit));
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        // The row as it came out must be one that the caller may write.
        private async Task CheckAsync(CancellationToken cancellationToken)
        {
            foreach (var group in written.GroupBy(row => row.Action))
            {
                if (access.To(resource, group.Key)?.Check is not { } check) continue;
                var sql = new SqlWriter();
                var table = sql.NewAlias();
                sql.Sql("select ").Column(table, resource.Key).Sql(" from ").Table(resource, table).Sql(" where ").Column(table, resource.Key).Sql(" = any(")
                    .Values(resource.Key.Type, [.. group.Select(row => (object?)row.Id)]).Sql(") and ");
                WriteCondition.Run(sql, table, check);
                await using var command = sql.ToCommand(session.Connection);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var allowed = new HashSet<Guid>();
                while (await reader.ReadAsync(cancellationToken)) allowed.Add(reader.GetGuid(0));
                if (group.Any(row => !allowed.Contains(row.Id)))
                    throw new ProblemException(Problem.Forbidden("row_not_granted", $"Your role may not leave a row of {resource.Table} like this: a value lies outside of what it may write. Nothing was stored.") with { ApiCode = "42501" });
            }
        }

        private Column? Ungranted(TableAccess? allowed, ulong set) =>
            resource.Columns.FirstOrDefault(column => (set & TableStore.Bit(column)) != 0 && allowed?.Find(column.Name) is null);

        private Problem NotGranted(TableAction action, Column? column) => Problem.Forbidden("not_granted",
            $"Your role may not {action.ToString().ToLowerInvariant()} {(column is null ? $"rows of {resource.Table}" : $"{column.Name} of {resource.Table}")}.") with
        { ApiCode = "42501" };

        private static Problem Twice(int index) => Problem.Unprocessable("repeated_row", $"Operation {index} touches a row that an earlier one of the same request touches. Send each row once.") with { ApiCode = "21000" };
    }
}
