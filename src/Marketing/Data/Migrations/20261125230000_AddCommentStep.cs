using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>The first comment of a post is a step of its publishing, and there is one at most.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125230000_AddCommentStep")]
public sealed class AddCommentStep : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table marketing_ops.publish_attempts drop constraint if exists ck_publish_attempts_step;
        alter table marketing_ops.publish_attempts add constraint ck_publish_attempts_step
            check (step in ('submit', 'poll', 'finalise', 'reconcile', 'comment', 'confirm'));
        create unique index if not exists ux_publish_attempts_comment on marketing_ops.publish_attempts (post_id)
            where step = 'comment' and state in ('started', 'unconfirmed', 'succeeded');
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop index if exists marketing_ops.ux_publish_attempts_comment;
        delete from marketing_ops.publish_attempts where step = 'comment';
        alter table marketing_ops.publish_attempts drop constraint if exists ck_publish_attempts_step;
        alter table marketing_ops.publish_attempts add constraint ck_publish_attempts_step
            check (step in ('submit', 'poll', 'finalise', 'reconcile', 'confirm'));
        """);
}
