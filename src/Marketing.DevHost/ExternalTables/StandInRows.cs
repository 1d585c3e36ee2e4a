using System.Globalization;

namespace Marketing.DevHost.ExternalTables;

/// <summary>Coherent rows: 12 houses, 300 contacts, 400 reservations that fit their houses and do not overlap in time order of booking.</summary>
internal sealed record StandInRows(IReadOnlyList<object[]> Properties, IReadOnlyList<object[]> Contacts, IReadOnlyList<object[]> Reservations)
{
    private static readonly (string Name, string Town, string Region)[] Houses =
    [
        ("Casa do Mar", "Lagos", "Algarve"), ("Quinta da Serra", "Monchique", "Algarve"), ("Villa Azul", "Tavira", "Algarve"), ("Casa da Ribeira", "Porto", "Norte"),
        ("Monte das Oliveiras", "Évora", "Alentejo"), ("Casa Branca", "Comporta", "Alentejo"), ("Casa do Farol", "Nazaré", "Centro"), ("Quinta do Vale", "Lamego", "Douro"),
        ("Villa Sol", "Cascais", "Lisboa"), ("Casa da Praia", "Ericeira", "Lisboa"), ("Solar das Camélias", "Sintra", "Lisboa"), ("Casa do Pico", "Madalena", "Açores"),
    ];
    private static readonly (string Country, string Language, string[] First, string[] Last)[] Peoples =
    [
        ("PT", "pt", ["Ana", "João", "Maria", "Pedro", "Inês", "Rui"], ["Silva", "Santos", "Ferreira", "Costa", "Almeida"]),
        ("DE", "de", ["Anna", "Lukas", "Lena", "Jonas", "Mia"], ["Müller", "Schmidt", "Weber", "Wagner", "Becker"]),
        ("GB", "en", ["Olivia", "George", "Emma", "Harry", "Sophie"], ["Smith", "Jones", "Taylor", "Brown", "Wilson"]),
        ("FR", "fr", ["Chloé", "Louis", "Camille", "Hugo", "Léa"], ["Martin", "Bernard", "Dubois", "Petit", "Moreau"]),
        ("ES", "es", ["Lucía", "Martín", "Sofía", "Pablo", "Carmen"], ["García", "Fernández", "López", "Pérez", "Sánchez"]),
        ("NL", "nl", ["Emma", "Daan", "Julia", "Sem", "Sara"], ["de Jong", "Jansen", "de Vries", "Bakker", "Visser"]),
    ];
    private static readonly string[] Channels = ["direct", "airbnb", "booking.com", "vrbo", "email"];

    /// <summary>Makes the rows.</summary>
    public static StandInRows Make(int seed)
    {
        var random = new Random(seed);
        var properties = Houses.Select((house, index) => Property(random, house, index)).ToList();
        var contacts = Enumerable.Range(1, 300).Select(number => Contact(random, number)).ToList();
        var reservations = Enumerable.Range(1, 400).Select(number => Reservation(random, number, properties, contacts)).ToList();
        return new StandInRows(properties, contacts, reservations);
    }

    private static object[] Property(Random random, (string Name, string Town, string Region) house, int index)
    {
        var bedrooms = random.Next(1, 7);
        return [Id(random), Code("PROP", index + 1), house.Name, house.Town, house.Region, "PT", bedrooms, Math.Max(1, bedrooms - 1), bedrooms * 2, (decimal)(90 + 60 * bedrooms)];
    }

    private static object[] Contact(Random random, int number)
    {
        var people = Peoples[random.Next(Peoples.Length)];
        var (first, last) = (people.First[random.Next(people.First.Length)], people.Last[random.Next(people.Last.Length)]);
        var email = string.Create(CultureInfo.InvariantCulture, $"guest{number:000}@example.com");
        return [Id(random), first, last, email, people.Country, people.Language, random.NextDouble() < 0.8, new DateOnly(random.Next(1950, 2004), random.Next(1, 13), random.Next(1, 29))];
    }

    private static object[] Reservation(Random random, int number, List<object[]> properties, List<object[]> contacts)
    {
        var (property, contact) = (properties[random.Next(properties.Count)], contacts[random.Next(contacts.Count)]);
        var checkIn = new DateOnly(2025, 1, 1).AddDays(random.Next(0, 730));
        var nights = random.Next(2, 15);
        var booked = new DateTime(checkIn.AddDays(-random.Next(1, 200)), new TimeOnly(random.Next(0, 24), random.Next(0, 60)), DateTimeKind.Utc);
        var status = random.NextDouble() switch { < 0.08 => "cancelled", < 0.12 => "no_show", _ => checkIn < new DateOnly(2026, 11, 24) ? "completed" : "confirmed" };
        return [Id(random), Code("RES", number), property[0], contact[0], booked, checkIn, checkIn.AddDays(nights), random.Next(1, (int)property[8] + 1), nights * (decimal)property[9], Channels[random.Next(Channels.Length)], status];
    }

    private static Guid Id(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static string Code(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:000000}");
}
