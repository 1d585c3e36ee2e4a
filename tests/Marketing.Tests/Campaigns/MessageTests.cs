using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Marketing.Campaigns.Events;
using Marketing.Campaigns.Life;
using Marketing.Campaigns.Messages;
using Marketing.Identity;
using Marketing.Problems;
using Marketing.Suppressions;
using Marketing.Suppressions.Erasure;
using Marketing.Suppressions.Unsubscribe;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Marketing.Tests.Campaigns;

public sealed class MessageTests
{
    private static readonly Guid Campaign = Guid.Parse("018f0000-0000-7000-8000-000000000001");
    private static readonly Guid Contact = Guid.Parse("018f0000-0000-7000-8000-000000000002");
    private static readonly TrackingLinks Tracking = new(new Signer(new Lazy<KeyRing>(() => Ring("a"))), Options.Create(new TrackingOptions { PublicAddress = "https://links.example.com" }));
    private static readonly UnsubscribeLinks Links = new(new UnsubscribeTokens(new Lazy<KeyRing>(() => Ring("a"))), Options.Create(new TrackingOptions { PublicAddress = "https://links.example.com" }));
    private static readonly MessageFrame Frame = new(Campaign, "CMP-010001", "Winter", "offers", "Casas & Co", "Rua 1, Lagos", "links.example.com");

    [Fact]
    public void Markdown_with_liquid_becomes_a_message_with_inlined_style_and_plain_text()
    {
        var message = Render("# Hello {{ contact.first_name | default: \"guest\" }}\n\n{% if contact.country == \"PT\" %}\nOlá.\n{% endif %}\n\n[Book]({{ contact.link }}) or *look*:\n\n- one\n- two", new() { ["first_name"] = "Zoë <b>", ["country"] = "PT", ["link"] = "https://casas.example/?a=1&b=2" });
        Assert.Equal("Winter for Zoë <b>", message.Subject);
        Assert.Contains("Hello Zoë &lt;b&gt;</h1>", message.Html, StringComparison.Ordinal);
        Assert.Matches("<p[^>]*>Olá.</p>", message.Html);
        Assert.DoesNotMatch(@"<p[^>]*>\s*</p>", message.Html);
        Assert.Contains("href=\"https://casas.example/?a=1&amp;b=2\"", message.Html, StringComparison.Ordinal);
        Assert.Matches("<body style=\"[^\"]*font-family", message.Html);
        Assert.Contains("Casas &amp; Co · Rua 1, Lagos", message.Html, StringComparison.Ordinal);
        Assert.Contains("Hello Zoë <b>", message.Text, StringComparison.Ordinal);
        Assert.Contains("Book (https://casas.example/?a=1&b=2) or look:\n\n- one\n- two", message.Text, StringComparison.Ordinal);
        Assert.Contains("Rua 1, Lagos", message.Text, StringComparison.Ordinal);
        Assert.Contains("Unsubscribe (https://links.example.com/api/webhooks/unsubscribe/", message.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("lqz", message.Html + message.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", message.Html + message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_headers_are_those_of_one_click_unsubscribe()
    {
        var message = Render("Hello", []);
        Assert.Equal($"<{Links.OneClick(Contact, "ada@example.com", Campaign, "offers").AbsoluteUri}>", message.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);
        Assert.Equal("<offers.links.example.com>", message.Headers["List-Id"]);
    }

    [Fact]
    public void A_loop_over_rows_of_a_table_stays_where_it_was_written()
    {
        var message = Render(null, [], html: "<table><tbody>{% for n in (1..3) %}<tr><td class=\"cell\">{{ n }}</td></tr>{% endfor %}</tbody></table>", css: ".cell { color: #123456 }");
        Assert.Equal(3, message.Html.Split("<tr>").Length - 1);
        Assert.Equal(3, message.Html.Split("color: #123456").Length - 1 - (message.Html.Contains("<style", StringComparison.Ordinal) ? 1 : 0));
        Assert.True(message.Html.IndexOf("<tr>", StringComparison.Ordinal) > message.Html.IndexOf("<table", StringComparison.Ordinal));
    }

    [Fact]
    public void A_layout_takes_the_message_in_and_its_own_unsubscribe_link_is_not_doubled()
    {
        var message = Render("Hello", [], layout: "<div id=\"brand\">{{ content }}<p><a href=\"{{ unsubscribe_url }}\">Leave</a></p></div>");
        Assert.Matches("(?s)id=\"brand\".*Hello.*Leave", message.Html);
        Assert.DoesNotContain(">Unsubscribe<", message.Html, StringComparison.Ordinal);
        Assert.Contains("Rua 1, Lagos", message.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_tracking_rewrites_web_links_and_adds_a_pixel_and_leaves_the_way_out_alone()
    {
        var message = Render("[a](https://casas.example/x) [m](mailto:a@casas.example) [bad]({{ contact.link }})", new() { ["link"] = "javascript:alert(1)" }, tracking: "own");
        Assert.Contains("href=\"https://links.example.com/api/webhooks/tracking/c/", message.Html, StringComparison.Ordinal);
        Assert.Contains("src=\"https://links.example.com/api/webhooks/tracking/o/", message.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"mailto:a@casas.example\"", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript", message.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("href=\"https://links.example.com/api/webhooks/unsubscribe/", message.Html, StringComparison.Ordinal);
        var token = System.Text.RegularExpressions.Regex.Match(message.Html, "tracking/c/([^\"]+)\"").Groups[1].Value;
        var tracked = Tracking.Read(token)!;
        Assert.Equal(("https://casas.example/x", "send-1", "A"), (tracked.Url!, tracked.SendId, tracked.Variant!));
    }

    [Fact]
    public void A_value_cannot_bring_markup_marks_or_a_second_header_line()
    {
        var message = Render("Hi {{ contact.first_name }} {{ contact.first_name | append: \"<i>\" }}", new() { ["first_name"] = "<script>\uE000javascript:x\uE001\r\nBcc: eve@example.com" });
        Assert.DoesNotContain("<script", message.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<i>", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message.Subject);
        Assert.DoesNotContain('\r', message.Subject);
        Assert.DoesNotContain('\uE000', message.Html + message.Subject + message.Text);
    }

    [Theory]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% render '/etc/passwd' %}")]
    [InlineData("{% layout 'x' %}")]
    [InlineData("{% liquid\nassign a = 1\n%}")]
    [InlineData("{{ contact.first_name | raw }}")]
    [InlineData("{{ 1 | format_number: 'D999999999' }}")]
    [InlineData("{{ contact | json }}")]
    [InlineData("{% if a %}")]
    [InlineData("{% for a in (1..999999) %}x{% endfor %}")]
    [InlineData("{% for a in (1..1000000000) %}x{% endfor %}")]
    [InlineData("{% assign n = 1000000000 %}{% for a in (1..n) %}x{% endfor %}")]
    [InlineData("{% assign r = (1..contact.n) %}")]
    [InlineData("{{ '(1..2)' }}{{ (1 ..1000000000) }}")]
    [InlineData("{{ '}}' | append: 'x' }}")]
    [InlineData("{{ \"\\\"}}\" | append: (1..1000000000) }}")]
    [InlineData("{% assign a = '%}' | append: 'x' %}")]
    [InlineData("{% assign a = (1..1001) | append: (0..1000000000) %}")]
    [InlineData("{{ contact.first_name")]
    [InlineData("{{ a[a[a[a[a[a[a[a[a[a[a[a[1]]]]]]]]]]]] }}")]
    public void What_reaches_outside_or_cannot_be_parsed_is_refused_when_it_is_compiled(string body) =>
        Assert.StartsWith("content: ", Assert.Throws<MessageRenderException>(() => Compile(body)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_that_would_fill_the_stack_is_refused()
    {
        foreach (var bomb in new[]
        {
            string.Concat(Enumerable.Repeat("{% if a %}", 50_000)), string.Concat(Enumerable.Repeat("{% for a in b %}", 31)) + string.Concat(Enumerable.Repeat("{% endfor %}", 31)),
            "{{ " + new string('[', 100_000) + " }}", "{{ " + new string('(', 100_000), "{{ '}}' | append: " + new string('(', 100_000), "{% if " + new string('[', 100_000), "{{ \"\\\"}}\" | append: " + new string('[', 100_000) + " }}", "{% if " + string.Join(" and ", Enumerable.Repeat("a", 100_000)) + " %}{% endif %}", new string('x', LiquidSandbox.MaxSource + 1),
        })
            Assert.NotNull(LiquidSandbox.TryParse(bomb, out _));
    }

    [Theory]
    [InlineData("{% for a in (1..900) %}{% for b in (1..900) %}{% for c in (1..900) %}{% assign d = 1 %}{% endfor %}{% endfor %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | replace: 'x', a %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' | split: '' %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}{% for i in (1..100) %}{{ a }}{% endfor %}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}{% assign l = a | split: '|' %}{% for i in (1..13) %}{% assign l = l | concat: l %}{% endfor %}{{ l | append: '' }}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}{% assign l = a | split: '|' %}{% for i in (1..13) %}{% assign l = l | concat: l %}{% endfor %}{% if l contains 'y' %}{% endif %}{{ l }}")]
    [InlineData("{% assign a = 'xxxxxxxxxx' %}{% for i in (1..14) %}{% assign a = a | append: a %}{% endfor %}{% for i in (1..900) %}{% for j in (1..20) %}{% assign b = a | upcase | downcase | upcase | downcase | upcase | downcase | upcase | downcase | upcase | downcase | upcase | downcase %}{% endfor %}{% endfor %}")]
    [InlineData("{{ 'now' | date: '%999999999d' }}")]
    [InlineData("{{ 'now' | date: '%0999999999Y' }}")]
    [InlineData("{% assign a = 9999999999 %}{% for i in (1..100) %}{% assign a = a | times: a %}{% endfor %}{{ a }}")]
    public void A_bomb_ends_within_its_limits(string body)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        Assert.Throws<MessageRenderException>(() => Compile(body).Render(To([])));
        // The limits end it after milliseconds and megabytes; these say that nothing ran away, also on a busy machine.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        Assert.True(GC.GetTotalAllocatedBytes() - allocated < 2_000_000_000, $"{GC.GetTotalAllocatedBytes() - allocated}");
    }

    [Fact]
    public void A_page_that_would_fill_the_stack_or_take_for_ever_to_style_is_refused()
    {
        foreach (var html in new[] { string.Concat(Enumerable.Repeat("<b>", 50_000)), string.Concat(Enumerable.Repeat("<div>", 200)) + string.Concat(Enumerable.Repeat("</div>", 200)), string.Concat(Enumerable.Repeat("<p>x</p>", 10_001)) })
            Assert.StartsWith("content: ", Assert.Throws<MessageRenderException>(() => Render(null, [], html: html)).Message, StringComparison.Ordinal);
        Assert.StartsWith("content: ", Assert.Throws<MessageRenderException>(() => Compile(string.Concat(Enumerable.Repeat("> ", 5_000)))).Message, StringComparison.Ordinal);
        Assert.All(new[] { "a { } </style><script>", "@IMPORT url(//x);", "@\\69mport url(x);", string.Concat(Enumerable.Repeat("a{}", 1_001)), string.Concat(Enumerable.Repeat("//", 101)), new string(' ', MessageSettings.MaxCss + 1) }, css => Assert.NotNull(MessageSettings.CssProblem(css)));
        Assert.Null(MessageSettings.CssProblem("@media (max-width: 600px) { .message { background: url(https://casas.example/sea.jpg) } }"));
    }

    [Fact]
    public void Making_a_message_fetches_nothing_and_keeps_nothing_that_runs_or_moves_links()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/";
        var message = Render(null, [], html: $"<link rel=\"stylesheet\" href=\"{address}a.css\"><style>@import url({address}b.css); p {{ color: red }}</style><base href=\"{address}\"><script src=\"{address}\"></script><svg><script>1</script></svg><p>Hi</p>", css: $"@import url({address}c.css); p {{ margin: 3px }}");
        Assert.False(listener.Pending());
        foreach (var gone in new[] { "<link", "<base", "<script", "<svg", "@import", "127.0.0.1" }) Assert.DoesNotContain(gone, message.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Hi", message.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preheader_is_text()
    {
        var message = Render("Hello", new() { ["first_name"] = "<Ada>" }, preheader: "Sea & <script>alert(1)</script> for {{ contact.first_name }}");
        Assert.Contains("Sea &amp; &lt;script&gt;alert(1)&lt;/script&gt; for &lt;Ada&gt;", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Sea", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keyed_hash_that_sql_makes_from_its_blocks_is_the_hmac_and_differs_for_each_key()
    {
        var keys = new ErasureKeys(new Lazy<KeyRing>(() => Ring("b")));
        var hash = SuppressContact.HashOf("Ada@example.com ");
        var made = keys.Blocks().Select(block => Convert.ToHexString(SHA256.HashData([.. block.Outer, .. SHA256.HashData([.. block.Inner, .. hash])]))).ToList();
        Assert.Equal(keys.All(hash).Select(Convert.ToHexString), made);
        Assert.Equal(2, made.Distinct().Count());
        Assert.Contains(Convert.ToHexString(keys.Active(hash).Hash), made);
        Assert.DoesNotContain(Convert.ToHexString(hash), made);
    }

    [Fact]
    public void One_message_renders_for_many_at_once()
    {
        var message = Compile("Hi {{ contact.first_name }}, {% assign a = contact.first_name | upcase %}{{ a }}.");
        Parallel.For(0, 2_000, number => Assert.Contains($"Hi Guest{number}, GUEST{number}.", message.Render(To(new() { ["first_name"] = $"Guest{number}" })).Html, StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_template_uses_is_known()
    {
        var message = Compile("{{ contact.first_name | default: 'x' }} {{ contact.last_name }} {{ contct.city }} {% assign y = 1 %}{{ y }} {% for n in (1..2) %}{{ n }}{{ forloop.index }}{% endfor %}");
        Assert.Equal(["first_name", "last_name"], message.Names.SelectMany(names => names.ContactFields).Distinct().Order());
        Assert.Equal(["last_name"], message.Names.SelectMany(names => names.BareFields).Distinct());
        Assert.Equal(["contct.city"], message.Names.SelectMany(names => names.Others).Except(CompiledMessage.KnownNames).Distinct());
    }

    [Theory]
    [InlineData("{{ contact.first_name | default: 'x' }} and {{ contact.first_name }}", "first_name")]
    [InlineData("{% if contact.first_name %}{{ contact.first_name }}{% endif %}", "")]
    [InlineData("{% if contact.first_name %}{{ contact.last_name }}{% elsif contact.country == 'PT' %}{{ contact.country }}{% endif %}{{ contact.country }}", "country last_name")]
    [InlineData("{% case contact.country %}{% when 'PT' %}Olá{% else %}{{ contact.country | upcase | default: 'x' }}{% endcase %}{% unless contact.language %}{{ contact.language }}{% endunless %}", "")]
    [InlineData("{% assign name = contact.first_name | default: 'guest' %}{{ name }}", "")]
    public void A_field_is_bare_where_a_recipient_without_it_would_see_a_gap(string body, string bare) =>
        Assert.Equal(bare, string.Join(' ', Compile(body).Names.SelectMany(names => names.BareFields).Distinct().Order()));

    [Fact]
    public void Nobody_gets_a_message_that_they_cannot_leave_by_whatever_its_conditions()
    {
        var message = Compile("Hello{% if contact.country == 'PT' %} [Leave]({{ unsubscribe_url }}){% endif %}");
        foreach (var country in new[] { "PT", "DE" })
        {
            var rendered = message.Render(To(new() { ["country"] = country }));
            Assert.Equal(1, rendered.Html.Split("/api/webhooks/unsubscribe/").Length - 1);
            Assert.Equal(1, rendered.Text.Split("/api/webhooks/unsubscribe/").Length - 1);
            Assert.EndsWith("</body></html>", rendered.Html.TrimEnd(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pt-PT", "Cancelar subscrição")]
    [InlineData("de", "Abmelden")]
    [InlineData("zh", "Unsubscribe")]
    public void The_footer_speaks_the_language_of_the_message(string language, string words) =>
        Assert.Contains($">{words}</a>", WebUtility.HtmlDecode(new CompileMessage(Tracking).Run("A", new MessageSource("Hello", "Text", null, null, 1, "approved"), new MessageSettings("none", "", "", language, null), Frame).Render(To([])).Html), StringComparison.Ordinal);

    [Theory]
    [InlineData(1000, 100, 1000, 130, "different")]
    [InlineData(1000, 100, 1000, 110, "no_difference_shown")]
    [InlineData(40, 4, 40, 12, "not_enough_yet")]
    [InlineData(0, 0, 1000, 130, "not_enough_yet")]
    public void A_difference_is_called_one_only_where_the_numbers_bear_it(long people, long did, long otherPeople, long otherDid, string verdict) =>
        Assert.Equal(verdict, CompareVariants.Run((people, did), (otherPeople, otherDid), 1).Verdict);

    [Fact]
    public void The_test_gives_the_textbook_figures_and_is_stricter_with_more_comparisons()
    {
        // 10 % of 1000 against 13 % of 1000: pooled 0.115, standard error 0.014267, z 2.1027, two-sided p 0.0355.
        var comparison = CompareVariants.Run((1000, 100), (1000, 130), 1);
        Assert.Equal(2.1027, comparison.Z!.Value, 3);
        Assert.Equal(0.03549, comparison.P!.Value, 5);
        Assert.InRange(comparison.Low, 0, comparison.Difference);
        Assert.Equal("no_difference_shown", CompareVariants.Run((1000, 100), (1000, 130), 2).Verdict);
        Assert.Equal(0.05, CompareVariants.Tails(1.959964), 4);
    }

    [Fact]
    public void No_difference_is_called_one_in_about_one_of_twenty_trials()
    {
        var random = new Random(7);
        long Draw() => Enumerable.Range(0, 400).Count(_ => random.NextDouble() < 0.2);
        var called = Enumerable.Range(0, 2_000).Count(_ => CompareVariants.Run((400, Draw()), (400, Draw()), 1).Verdict == "different");
        Assert.InRange(called, 60, 145);
    }

    [Theory]
    [InlineData("2026-12-01T09:00", "Europe/Lisbon", "2026-12-01T09:00:00Z")]
    [InlineData("2026-12-01T09:00:30", "Asia/Kolkata", "2026-12-01T03:30:30Z")]
    [InlineData("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30:00Z")]
    [InlineData("2026-12-01T09:00:00+01:00", null, "2026-12-01T08:00:00Z")]
    public void A_wall_time_is_the_instant_that_clocks_there_show(string sendAt, string? zone, string instant)
    {
        using var body = System.Text.Json.JsonDocument.Parse(System.Text.Json.JsonSerializer.Serialize(new { send_at = sendAt, time_zone = zone }));
        Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), SendTime.Read(body.RootElement, new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero)).At);
    }

    [Theory]
    [InlineData("2027-03-28T02:30", "Europe/Berlin", "no_such_time")]
    [InlineData("2026-11-24T09:00", "Europe/Lisbon", "in_past")]
    [InlineData("2036-11-24T09:00", "Europe/Lisbon", "out_of_range")]
    [InlineData("2026-12-01T09:00", "Mars/Olympus", "not_allowed")]
    [InlineData("2026-12-01T09:00", null, "wrong_type")]
    [InlineData("2026-12-01T09:00Z", "Europe/Lisbon", "wrong_type")]
    public void A_time_that_no_clock_shows_or_that_has_passed_is_refused(string sendAt, string? zone, string code)
    {
        using var body = System.Text.Json.JsonDocument.Parse(System.Text.Json.JsonSerializer.Serialize(new { send_at = sendAt, time_zone = zone }));
        var refusal = Assert.Throws<ProblemException>(() => SendTime.Read(body.RootElement, new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(code, Assert.Single(refusal.Problem.Errors).Code);
    }

    [Fact]
    public void Every_move_of_a_campaign_is_one_that_its_states_allow()
    {
        string[] states = ["draft", "scheduled", "active", "paused", "completed", "cancelled"];
        foreach (var state in states)
            foreach (var action in Enum.GetValues<CampaignAction>())
                if (CampaignStatus.Next(state, action) is { } next && next != state) Assert.Contains(next, CampaignStatus.After(state));
        Assert.All(new[] { "completed", "cancelled" }, state => Assert.Empty(CampaignStatus.After(state)));
    }

    [Fact]
    public void A_token_opens_after_a_rotation_and_nothing_else_opens()
    {
        var who = new Unsubscriber(Contact, SuppressContact.HashOf("ada@example.com"), Campaign, "offers");
        var old = new UnsubscribeTokens(new Lazy<KeyRing>(() => Ring("a")));
        var rotated = new UnsubscribeTokens(new Lazy<KeyRing>(() => Ring("b")));
        var token = old.Seal(who);
        Assert.Equal(token, old.Seal(who));
        Assert.NotEqual(token, rotated.Seal(who));
        var opened = rotated.Open(token)!;
        Assert.Equal((who.ContactId, Convert.ToHexString(who.AddressHash), who.Campaign, who.List), (opened.ContactId, Convert.ToHexString(opened.AddressHash), opened.Campaign, opened.List));
        for (var at = 0; at < token.Length; at++)
        {
            var forged = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            if (old.Open(forged) is { } found) Assert.Fail($"{forged} opened as {found}");
        }
        Assert.All(new[] { "", "A", "not a token", new string('A', 400), new string('A', 100_000) }, text => Assert.Null(old.Open(text)));
    }

    private static RenderedMessage Render(string? body, Dictionary<string, object?> contact, string? html = null, string? layout = null, string css = "", string tracking = "none", string preheader = "") =>
        new CompileMessage(Tracking).Run("A", new MessageSource("Winter for {{ contact.first_name | default: 'you' }}", body, html, layout, 1, "approved"), new MessageSettings(tracking, css, preheader, "en", null), Frame).Render(To(contact));

    private static CompiledMessage Compile(string body) =>
        new CompileMessage(Tracking).Run("A", new MessageSource("Hello", body, null, null, 1, "approved"), new MessageSettings("none", "", "", "en", null), Frame);

    private static Recipient To(Dictionary<string, object?> contact) =>
        new(Contact, "ada@example.com", "send-1", contact, Links.Page(Contact, "ada@example.com", Campaign, "offers"), Links.OneClick(Contact, "ada@example.com", Campaign, "offers"));

    private static KeyRing Ring(string active) => KeyRing.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["KeyRing:ActiveKeyId"] = active,
        ["KeyRing:Keys:a"] = Convert.ToBase64String(new byte[32]),
        ["KeyRing:Keys:b"] = Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]),
    }).Build());
}
