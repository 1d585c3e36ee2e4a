using Marketing.Data;
using Marketing.Operations;
using Marketing.Social.Platforms;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketing.Social.Publishing;

/// <summary>
/// Takes one post from where its job stands as far as it goes without a long wait; see <see cref="PublishStep"/> for the steps. Long
/// waits go to <c>due_at</c> and a delayed message. May be called at any time, by any number of workers, for any post.
/// </summary>
public sealed partial class PublishPost(
    PublishLedger ledger, PublishTargets targets, ReconcilePost reconcile, SettlePost settle, IEnumerable<IPublisher> publishers,
    IOptions<PublishingOptions> options, WorkQueue queue, IPublishStepObserver observer, TimeProvider clock, ILogger<PublishPost> logger)
{
}
