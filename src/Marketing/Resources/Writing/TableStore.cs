using System.Collections.Concurrent;
using System.Reflection;
using Marketing.Resources.Querying;
using Npgsql;

namespace Marketing.Resources.Writing;

/// <summary>Loads and stores entities of one table. Sets of columns are bits, the lowest for the first column.</summary>
internal sealed class TableStore(Resource resource)
{
    /// <summary>From this many rows with the same columns on, they are copied instead of inserted one by one.</summary>
    private const int CopyFrom = 20;

    private readonly ConcurrentDictionary<ulong, string> inserts = new();
    private readonly ConstructorInvoker create = ConstructorInvoker.Create(resource.Description.Entity.GetConstructor(Type.EmptyTypes)!);

    /// <summary>The table.</summary>
    public Resource Resource => resource;

    /// <summary>An entity without values.</summary>
    public object NewRow() => create.Invoke();

    /// <summary>The bit of a column.</summary>
    public static ulong Bit(Column column) => 1UL << column.Ordinal;

    /// <summary>Loads rows and holds them for the rest of the transaction, so that writers of one row follow each other instead of failing.</summary>
    /// <param name="connection">The transaction's connection.</param>
    /// <param name="from">Appends what follows <c>from</c>, given the name of the table.</param>
    /// <param name="number">Appends a number that comes back with each row.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<List<StoredRow>> LockAsync(NpgsqlConnection connection, Action<SqlWriter, Alias> from, Action<SqlWriter>? number, CancellationToken cancellationToken)
    {
        var sql = new SqlWriter();
        var table = sql.NewAlias();
        sql.Sql("select ");
        if (number is null) sql.Sql("0::bigint");
        else number(sql);
        sql.Sql(", ").Name(table).Sql(".xmin::text, ").Joined(", ", Resource.Columns, column => sql.Column(table, column)).Sql(" from ");
        from(sql, table);
        sql.Sql(" for update of ").Name(table);
        await using var command = sql.ToCommand(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<StoredRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = NewRow();
            for (var i = 0; i < Resource.Columns.Count; i++) Resource.Columns[i].Accessor.Read(row, reader, i + 2);
            rows.Add(new StoredRow(row, (Guid)Resource.Key.Accessor.Get(row)!, Reading.ETag.Of(reader.GetString(1)), reader.GetInt64(0)));
        }
        return rows;
    }

    /// <summary>A copy of a row.</summary>
    public object Copy(object row)
    {
        var copy = NewRow();
        foreach (var column in Resource.Columns) column.Accessor.Copy(row, copy);
        return copy;
    }

    /// <summary>Columns in which two rows differ.</summary>
    public ulong Differences(object one, object other)
    {
        var different = 0UL;
        foreach (var column in Resource.Columns)
        {
            if (!column.Accessor.AreEqual(one, other)) different |= Bit(column);
        }
        return different;
    }

    /// <summary>Adds new rows. What a row leaves unset, the database fills. Few rows join the batch; many are copied at once, after what the batch holds.</summary>
    /// <param name="batch">Statements of the transaction that are still to be sent.</param>
    /// <param name="rows">Rows, each with the columns that the caller set.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task InsertAsync(NpgsqlBatch batch, IReadOnlyList<(object Row, ulong Set)> rows, CancellationToken cancellationToken)
    {
        foreach (var group in rows.GroupBy(row => Stored(row.Row, row.Set), row => row.Row))
        {
            var same = group.ToList();
            if (same.Count < CopyFrom)
            {
                Insert(batch, group.Key, same);
                continue;
            }
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
            batch.BatchCommands.Clear();
            await CopyAsync(batch.Connection!, group.Key, same, cancellationToken);
        }
    }

    /// <summary>A statement that writes the given columns of a row.</summary>
    public NpgsqlBatchCommand Update(object row, ulong columns)
    {
        var sql = new SqlWriter();
        sql.Sql("update ").Table(Resource).Sql(" set ").Joined(", ", Columns(columns), column => sql.Identifier(column.Name).Sql(" = ").Value(column.Type, column.Accessor.Get(row)));
        return sql.Sql(" where id = ").Value(Resource.Key.Type, Resource.Key.Accessor.Get(row)).ToBatchCommand();
    }

    /// <summary>A statement that removes rows.</summary>
    public NpgsqlBatchCommand Delete(IReadOnlyList<Guid> ids)
    {
        var sql = new SqlWriter();
        return sql.Sql("delete from ").Table(Resource).Sql(" where id = any(").Values(Resource.Key.Type, [.. ids.Cast<object?>()]).Sql(")").ToBatchCommand();
    }

    // Unset columns that cannot be null and have no default take their type's own, as the entity has it.
    private ulong Stored(object row, ulong set)
    {
        var stored = set;
        foreach (var column in Resource.Columns)
        {
            if (!column.Accessor.IsUnset(row) || (!column.IsNullable && !column.HasDefault)) stored |= Bit(column);
        }
        return stored;
    }

    private IEnumerable<Column> Columns(ulong set) => Resource.Columns.Where(column => (set & Bit(column)) != 0);

    private void Insert(NpgsqlBatch batch, ulong columns, List<object> rows)
    {
        var text = inserts.GetOrAdd(columns, static (set, store) => store.InsertText(set), this);
        foreach (var row in rows)
        {
            var command = new NpgsqlBatchCommand(text);
            foreach (var column in Columns(columns)) command.Parameters.Add(column.Type.Parameter(column.Accessor.Get(row)));
            batch.BatchCommands.Add(command);
        }
    }

    private string InsertText(ulong set)
    {
        var sql = new SqlWriter();
        sql.Sql("insert into ").Table(Resource).Sql(" (").Joined(", ", Columns(set), column => sql.Identifier(column.Name)).Sql(") values (");
        sql.Joined(", ", Columns(set), column => sql.Value(column.Type, null));
        return sql.Sql(")").ToString();
    }

    private async Task CopyAsync(NpgsqlConnection connection, ulong set, List<object> rows, CancellationToken cancellationToken)
    {
        var columns = Columns(set).ToArray();
        var sql = new SqlWriter();
        sql.Sql("copy ").Table(Resource).Sql(" (").Joined(", ", columns, column => sql.Identifier(column.Name)).Sql(") from stdin (format binary)");
        await using var import = await connection.BeginBinaryImportAsync(sql.ToString(), cancellationToken);
        foreach (var row in rows)
        {
            await import.StartRowAsync(cancellationToken);
            foreach (var column in columns)
            {
                if (column.Accessor.Get(row) is { } value) await import.WriteAsync(value, column.Type.DbType, cancellationToken);
                else await import.WriteNullAsync(cancellationToken);
            }
        }
        await import.CompleteAsync(cancellationToken);
    }
}

/// <summary>A row as it is stored.</summary>
/// <param name="Row">The entity.</param>
/// <param name="Id">Its key.</param>
/// <param name="ETag">Its entity tag.</param>
/// <param name="Number">The number that was asked to come with it.</param>
internal sealed record StoredRow(object Row, Guid Id, string ETag, long Number);
