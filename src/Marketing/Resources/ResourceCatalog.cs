using System.Text.RegularExpressions;
using Marketing.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Marketing.Resources;

/// <summary>The resources of the API, made once from the descriptions and the EF model.</summary>
public sealed partial class ResourceCatalog
{
    private static readonly string[] WrittenByDatabase = ["id", "created_at", "updated_at"];

    private readonly Lazy<IReadOnlyList<Resource>> all = new(ReadModel);
    private readonly Lazy<Resource> audit = new(() => Describe(new ResourceDescription(typeof(AuditEntry)), Model().FindEntityType(typeof(AuditEntry))!));

    /// <summary>Every resource, in the order of the descriptions.</summary>
    public IReadOnlyList<Resource> All => all.Value;

    /// <summary>The audit log, which is read like a table and written by the product alone.</summary>
    public Resource Audit => audit.Value;

    /// <summary>The resource of a table; null when there is none.</summary>
    public Resource? Find(string table) => All.FirstOrDefault(resource => resource.Table == table);

    /// <summary>The resource of a table.</summary>
    /// <exception cref="InvalidOperationException">There is no such table.</exception>
    public Resource Of(string table) => Find(table) ?? throw new InvalidOperationException($"There is no table {table}.");

    /// <summary>The resource of an entity class.</summary>
    /// <exception cref="InvalidOperationException">It is none of the 24.</exception>
    public Resource Of(Type entity) => All.Single(resource => resource.Description.Entity == entity);

    /// <summary>Sentences for constraints that are not of the form "column in (…)", by constraint name.</summary>
    public IReadOnlyDictionary<string, string> CheckConstraints => checks.Value;

    /// <summary>Columns of a unique index or a foreign key; its name when it is not known.</summary>
    public IReadOnlyList<string> ColumnsOf(string constraint)
    {
        if (constraintColumns.Value.TryGetValue(constraint, out var columns)) return columns;
        // Keys to tables of other teams are not in the model; their names end with the column's.
        var column = All.Where(resource => constraint.StartsWith($"fk_{resource.Table}_", StringComparison.Ordinal))
            .SelectMany(resource => resource.Columns)
            .Where(column => constraint.EndsWith($"_{column.Name}", StringComparison.Ordinal))
            .MaxBy(column => column.Name.Length);
        return [column?.Name ?? constraint];
    }

    private readonly Lazy<Dictionary<string, string[]>> constraintColumns = new(() =>
    {
        var entities = Model().GetEntityTypes().ToList();
        var indexes = entities.SelectMany(entity => entity.GetIndexes()).Select(index => (Name: index.GetDatabaseName()!, Columns: index.Properties));
        var keys = entities.SelectMany(entity => entity.GetForeignKeys()).Select(key => (Name: key.GetConstraintName()!, Columns: key.Properties));
        return indexes.Concat(keys).DistinctBy(found => found.Name)
            .ToDictionary(found => found.Name, found => found.Columns.Select(property => property.GetColumnName()).ToArray(), StringComparer.Ordinal);
    });

    private readonly Lazy<IReadOnlyDictionary<string, string>> checks = new(() => Model().GetEntityTypes()
        .SelectMany(entity => entity.GetCheckConstraints())
        .ToDictionary(check => check.Name!, check => check.Sql, StringComparer.Ordinal));

    private static IReadOnlyList<Resource> ReadModel()
    {
        var model = Model();
        var described = ResourceDescription.All.Select(description => (Entity: model.FindEntityType(description.Entity)!, Resource: Describe(description, model.FindEntityType(description.Entity)!))).ToList();
        var byEntity = described.ToDictionary(pair => pair.Entity, pair => pair.Resource);
        foreach (var (entity, resource) in described)
        {
            resource.Relations = [.. entity.GetForeignKeys().Select(key => ToOne(key, resource, byEntity)), .. entity.GetReferencingForeignKeys().Where(key => byEntity.ContainsKey(key.DeclaringEntityType)).Select(key => ToMany(key, resource, byEntity))];
            var unique = entity.GetIndexes().Where(index => index.IsUnique && index.GetFilter() is null).Select(index => index.Properties);
            resource.UniqueKeys = [[resource.Key], .. unique.Select(properties => (IReadOnlyList<Column>)[.. properties.Select(property => resource.Find(property.GetColumnName())!)])];
        }
        return [.. described.Select(pair => pair.Resource)];
    }

    private static Relation ToOne(IForeignKey key, Resource resource, Dictionary<IEntityType, Resource> byEntity) =>
        new(key.GetConstraintName()!, byEntity[key.PrincipalEntityType], resource.Find(key.Properties[0].GetColumnName())!, byEntity[key.PrincipalEntityType].Key, IsToMany: false);

    private static Relation ToMany(IForeignKey key, Resource resource, Dictionary<IEntityType, Resource> byEntity)
    {
        var target = byEntity[key.DeclaringEntityType];
        return new Relation(key.GetConstraintName()!, target, resource.Key, target.Find(key.Properties[0].GetColumnName())!, IsToMany: true);
    }

    // Check constraints exist in the design-time model only. No connection is opened.
    private static IModel Model()
    {
        using var dataSource = NpgsqlDataSource.Create("Host=localhost;Database=model");
        var options = new DbContextOptionsBuilder<MarketingDbContext>();
        options.UseMarketing(dataSource);
        using var context = new MarketingDbContext(options.Options);
        return Microsoft.EntityFrameworkCore.Infrastructure.AccessorExtensions
            .GetService<IDesignTimeModel>(context).Model;
    }

    private static Resource Describe(ResourceDescription description, IEntityType entity)
    {
        var allowed = entity.GetCheckConstraints()
            .Select(check => ColumnInList().Match(check.Sql))
            .Where(match => match.Success)
            .ToDictionary(match => match.Groups["column"].Value, match => Quoted().Matches(match.Groups["list"].Value).Select(value => value.Groups[1].Value).ToArray(), StringComparer.Ordinal);
        var businessId = entity.GetProperties().SingleOrDefault(property => property.FindAnnotation(RowConfiguration.BusinessIdPrefix) is not null);
        var columns = entity.GetProperties()
            .Where(property => !property.IsShadowProperty())
            .OrderBy(property => entity.ClrType.GetProperties().ToList().IndexOf(property.PropertyInfo!))
            .Select((property, ordinal) => Column.From(property, Access(description, property, businessId), allowed.GetValueOrDefault(property.GetColumnName(), [])) with { Ordinal = ordinal })
            .ToList();
        return new Resource(
            description, entity.GetSchema()!, entity.GetTableName()!, columns,
            businessId is null ? null : columns.Single(column => column.Property == businessId.Name),
            businessId?.FindAnnotation(RowConfiguration.BusinessIdPrefix)!.Value as string);
    }

    private static ColumnAccess Access(ResourceDescription description, IProperty property, IProperty? businessId)
    {
        var name = property.GetColumnName();
        if (description.WriteOnly.Contains(name)) return ColumnAccess.WriteOnly;
        return property == businessId || WrittenByDatabase.Contains(name) || description.ReadOnly.Contains(name) ? ColumnAccess.ReadOnly : ColumnAccess.ReadWrite;
    }

    [GeneratedRegex(@"^(?<column>\w+) in \((?<list>.*)\)$", RegexOptions.Singleline)]
    private static partial Regex ColumnInList();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
