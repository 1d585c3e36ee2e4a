using CsCheck;
using Marketing.Campaigns.Messages;
using Marketing.Campaigns.Sending.Providers;
using Marketing.Campaigns.Sending.Providers.SendGrid;

namespace Marketing.Tests.Campaigns.Sending;

public sealed class ShareContentTests
{
    private static readonly Gen<string> Value = Gen.OneOf(Gen.Const(""), Gen.Const("Ada"), Gen.Const("Zoë & Sohn"), Gen.Const("-name-"), Gen.Const("%s1%"), Gen.Const("<b>x</b>"), Gen.Const("a\nb"), Gen.String[Gen.Char["ab<>\"\n%0h"], 0, 12]);

    [Fact]
    public void Putting_the_values_in_again_gives_each_message_as_it_was_rendered() =>
        Gen.Select(Value, Value, Value).Array[1, 40].Sample(values =>
        {
            var messages = values.Select((v, i) => Message($"r{i}@example.com", $"<p>Dear {v.Item1},</p>\n<a href=\"https://x.test/{v.Item2}\">{v.Item3}</a><p>Bye</p>", $"Dear {v.Item1}\n{v.Item3}")).ToList();
            var requests = ShareContent.Run(messages, 1000);
            Assert.Equal(messages.Select(m => m.SendId).Order(), requests.SelectMany(r => r.Lines).Select(line => line.Message.SendId).Order());
            foreach (var request in requests)
                foreach (var line in request.Lines)
                {
                    Assert.Equal(line.Message.Content.Html, Fill(request.Html, line));
                    Assert.Equal(line.Message.Content.Text, Fill(request.Text, line));
                }
        }, iter: 2_000);

    [Fact]
    public void A_thousand_messages_that_differ_by_name_and_link_are_one_call()
    {
        var messages = Enumerable.Range(0, 1000).Select(i => Message($"r{i}@example.com", $"<p>Dear Guest {i}</p><a href=\"https://x.test/{Guid.NewGuid():N}\">Leave</a>", $"Dear Guest {i}")).ToList();
        var request = Assert.Single(ShareContent.Run(messages, 1000));
        Assert.Equal(1000, request.Lines.Count);
        Assert.All(request.Lines, line => Assert.Equal(3, line.Substitutions.Count));
    }

    [Fact]
    public void Equal_messages_need_no_substitution_and_two_to_one_address_go_in_two_calls()
    {
        var requests = ShareContent.Run([Message("a@example.com", "<p>x</p>", "x"), Message("b@example.com", "<p>x</p>", "x"), Message("A@example.com", "<p>x</p>", "x")], 1000);
        Assert.Equal(2, requests.Count);
        Assert.All(requests.SelectMany(r => r.Lines), line => Assert.Empty(line.Substitutions));
    }

    [Fact]
    public void What_is_too_long_for_a_substitution_goes_alone()
    {
        var requests = ShareContent.Run([Message("a@example.com", $"<p>{new string('a', 20_000)}</p>", "x"), Message("b@example.com", "<p>b</p>", "x"), Message("c@example.com", "<p>c</p>", "x")], 1000);
        Assert.Equal(2, requests.Count);
        Assert.Equal("a@example.com", requests.Single(r => r.Lines.Count == 1).Lines[0].Message.Email);
    }

    private static string Fill(string text, SendLine line) => line.Substitutions.Aggregate(text, (filled, pair) => filled.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    private static OutgoingMessage Message(string email, string html, string text) => new(Guid.NewGuid(), Guid.Empty, "a", email, new RenderedMessage("s", html, text, new Dictionary<string, string>()));
}
