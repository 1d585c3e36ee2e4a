using System.Text.Json;
using Marketing.Data;
using Marketing.Identity;
using Marketing.Operations;
using Marketing.Problems;
using Marketing.Resources.Reading;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Primitives;
using Npgsql;

namespace Marketing.Resources.Writing;

/// <summary>Writes rows of one table. Each write is one transaction that holds the row, what its rules add, and the audit entry.</summary>
internal abstract class RowWriter
{
    /// <summary>Creates a row.</summary>
    /// <exception cref="ProblemException">The row is refused; nothing is stored.</exception>
    public abstract Task<(Guid Id, Item Item)> CreateAsync(Resource resource, JsonElement body, Caller caller, CancellationToken cancellationToken);

    /// <summary>Changes the columns that the body names.</summary>
    /// <exception cref="ProblemException">There is no such row, it has changed since, or the change is refused; nothing is stored.</exception>
    public abstract Task<Item> UpdateAsync(Resource resource, RowKey key, JsonElement body, StringValues ifMatch, Caller caller, CancellationToken cancellationToken);

    /// <summary>Deletes a row.</summary>
    /// <exception cref="ProblemException">There is no such row, it has changed since, or a rule keeps it.</exception>
    public abstract Task DeleteAsync(Resource resource, RowKey key, StringValues ifMatch, Caller caller, CancellationToken cancellationToken);
}

/// <inheritdoc />
internal sealed class RowWriter<TRow>(MarketingDbContext database, IEnumerable<IWriteRule<TRow>> rules, AuditLog audit, TimeProvider clock) : RowWriter
    where TRow : class, new()
{
    /// <inheritdoc />
    public override async Task<(Guid Id, Item Item)> CreateAsync(Resource resource, JsonElement body, Caller caller, CancellationToken cancellationToken)
    {
        var row = new TRow();
        var entry = database.Entry(row);
        var id = UUIDNext.Uuid.NewDatabaseFriendly(UUIDNext.Database.PostgreSql);
        entry.Property(resource.Key.Property).CurrentValue = id;
        Set(row, ParseRow.Run(resource, body, isNew: true));
        if (resource.Find("created_by") is { } createdBy && entry.Property(createdBy.Property).CurrentValue is null) entry.Property(createdBy.Property).CurrentValue = caller.Name;
        database.Add(row);

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await SaveAsync(resource, new RowWrite<TRow>(WriteKind.Create, row, database, caller, clock.GetUtcNow()), "create", cancellationToken);
        return (id, await CommitAsync(resource, id, transaction, cancellationToken));
    }

    /// <inheritdoc />
    public override async Task<Item> UpdateAsync(Resource resource, RowKey key, JsonElement body, StringValues ifMatch, Caller caller, CancellationToken cancellationToken)
    {
        var values = ParseRow.Run(resource, body, isNew: false);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var (row, id) = await LockAsync(resource, key, ifMatch, cancellationToken);
        Set(row, values);
        database.ChangeTracker.DetectChanges();
        if (database.Entry(row).State == EntityState.Modified)
            await SaveAsync(resource, new RowWrite<TRow>(WriteKind.Update, row, database, caller, clock.GetUtcNow()), "update", cancellationToken);
        return await CommitAsync(resource, id, transaction, cancellationToken);
    }

    /// <inheritdoc />
    public override async Task DeleteAsync(Resource resource, RowKey key, StringValues ifMatch, Caller caller, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var (row, _) = await LockAsync(resource, key, ifMatch, cancellationToken);
        database.Remove(row);
        await SaveAsync(resource, new RowWrite<TRow>(WriteKind.Delete, row, database, caller, clock.GetUtcNow()), "delete", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private void Set(TRow row, IReadOnlyList<(Column Column, object? Value)> values)
    {
        var entry = database.Entry(row);
        foreach (var (column, value) in values) entry.Property(column.Property).CurrentValue = value;
    }

    // Held for the rest of the transaction, so that writers of one row follow each other instead of failing.
    private async Task<(TRow Row, Guid Id)> LockAsync(Resource resource, RowKey key, StringValues ifMatch, CancellationToken cancellationToken)
    {
        var sql = string.Concat("select t.*, t.xmin from ", resource.Schema, ".", resource.Table, " t where t.", key.Column.Name, " = {0} for update");
        var row = (await database.Set<TRow>().FromSqlRaw(sql, key.Value).ToListAsync(cancellationToken)).SingleOrDefault()
            ?? throw new ProblemException(Problem.NotFound(resource.Table, key.Text));
        var entry = database.Entry(row);
        var current = ETag.Of(((uint)entry.Property("xmin").CurrentValue!).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return ETag.Matches(ifMatch, current)
            ? (row, (Guid)entry.Property(resource.Key.Property).CurrentValue!)
            : throw new ProblemException(Problem.PreconditionFailed(current));
    }

    private async Task SaveAsync(Resource resource, RowWrite<TRow> write, string action, CancellationToken cancellationToken)
    {
        foreach (var rule in rules) await rule.ApplyAsync(write, cancellationToken);
        if (write.Errors.Count > 0) throw new ProblemException(Problem.Unprocessable("rule_violation", write.Errors[0].Message, write.Errors));

        database.ChangeTracker.DetectChanges();
        audit.Record(write.Caller, action, resource.Table, (Guid)write.Entry.Property(resource.Key.Property).CurrentValue!, DescribeChanges.Run(resource, write.Entry));
        await database.SaveChangesAsync(cancellationToken);
    }

    private async Task<Item> CommitAsync(Resource resource, Guid id, IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)database.Database.GetDbConnection();
        var item = await ReadItem.RunAsync(connection, resource, resource.Readable, resource.Key, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return item!;
    }
}
