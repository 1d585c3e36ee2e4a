using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Marketing.Data;

/// <summary>What many tables of the map have in common: uuid keys, business ids, timestamps.</summary>
internal static class RowConfiguration
{
    /// <summary>A uuid key that PostgreSQL fills when the writer does not, and a concurrency token from <c>xmin</c>.</summary>
    public static void HasUuidKey<T>(this EntityTypeBuilder<T> row, Expression<Func<T, object?>> id) where T : class
    {
        row.HasKey(id);
        row.Property(id).HasDefaultValueSql("generate_uuid_v7()");
        row.Property<uint>("xmin").IsRowVersion();
    }

    /// <summary>
    /// An id such as <c>CON-010001</c>: written by the database from a sequence that starts at 10001, never changed afterwards.
    /// Six digits are a minimum: number 1,000,000 has seven.
    /// </summary>
    public static void HasBusinessId<T>(this EntityTypeBuilder<T> row, Expression<Func<T, object?>> id, string prefix, string indexName) where T : class
    {
        var sequence = $"{row.Metadata.GetTableName()}_business_id";
        row.Metadata.Model.AddSequence(sequence, MarketingDbContext.OperationsSchema).StartValue = 10001;
        var property = row.Property(id)
            .HasDefaultValueSql($"marketing_ops.business_id('{prefix}', nextval('marketing_ops.{sequence}'))")
            .ValueGeneratedOnAdd();
        property.Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Throw);
        property.Metadata.SetAnnotation(BusinessIdPrefix, prefix);
        row.HasIndex(id).IsUnique().HasDatabaseName(indexName);
    }

    /// <summary>Model annotation on a business id column: its prefix, for example <c>CON</c>.</summary>
    public const string BusinessIdPrefix = "Marketing:BusinessIdPrefix";

    /// <summary><c>created_at</c> set once by the database.</summary>
    public static void HasCreationTime<T>(this EntityTypeBuilder<T> row, Expression<Func<T, object?>> createdAt) where T : class =>
        WrittenByDatabase(row.Property(createdAt).HasDefaultValueSql("now()").ValueGeneratedOnAdd());

    /// <summary><c>created_at</c> set once, and <c>updated_at</c> kept by a trigger, so that no writer can forget it.</summary>
    public static void HasTimestamps<T>(this EntityTypeBuilder<T> row, Expression<Func<T, object?>> createdAt, Expression<Func<T, object?>> updatedAt)
        where T : class
    {
        row.HasCreationTime(createdAt);
        WrittenByDatabase(row.Property(updatedAt).HasDefaultValueSql("now()").ValueGeneratedOnAddOrUpdate());
    }

    private static void WrittenByDatabase(PropertyBuilder property)
    {
        property.Metadata.SetBeforeSaveBehavior(PropertySaveBehavior.Ignore);
        property.Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
    }
}
