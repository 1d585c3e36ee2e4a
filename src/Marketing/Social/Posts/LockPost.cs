using Marketing.Resources.Http;
using Marketing.Resources.Writing;

namespace Marketing.Social.Posts;

/// <summary>Holds the post of a request for the rest of its transaction, when the caller may change it and <c>If-Match</c> fits.</summary>
internal static class LockPost
{
    /// <summary>Its key.</summary>
    /// <exception cref="Problems.ProblemException">404: there is no such post that the caller may change; 412: it has changed.</exception>
    public static async Task<Guid> RunAsync(ResourceRequest request, WriteSession session)
    {
        var writer = request.Service<WriteRows>();
        // An update that changes nothing: it finds, holds and compares, and writes nothing.
        var hold = new RowOperation(OperationKind.Update) { Key = request.Key, Values = writer.Store(request.Resource).NewRow(), IfMatch = request.Context.Request.Headers.IfMatch };
        return (await writer.AllAsync(session, request.Access, request.Resource, [hold], null, request.Aborted))[0].Id;
    }
}
