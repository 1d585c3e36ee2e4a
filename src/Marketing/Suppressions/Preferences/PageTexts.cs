namespace Marketing.Suppressions.Preferences;

/// <summary>The words of the pages about unsubscribing, in one language.</summary>
internal sealed record PageTexts
{
    /// <summary>Language tag of the page.</summary>
    public required string Language { get; init; }

    /// <summary>Title of the preference page.</summary>
    public required string Preferences { get; init; }

    /// <summary>Legend of the lists.</summary>
    public required string Which { get; init; }

    /// <summary>Button that saves the choice.</summary>
    public required string Save { get; init; }

    /// <summary>Title of the page, and button, that leaves.</summary>
    public required string Unsubscribe { get; init; }

    /// <summary>Button that leaves all email.</summary>
    public required string LeaveEmail { get; init; }

    /// <summary>Button that leaves every channel.</summary>
    public required string LeaveAll { get; init; }

    /// <summary>Button that comes back.</summary>
    public required string Return { get; init; }

    /// <summary>Link to the preference page.</summary>
    public required string Manage { get; init; }

    /// <summary>They left a list.</summary>
    public required string LeftList { get; init; }

    /// <summary>They left all email.</summary>
    public required string LeftEmail { get; init; }

    /// <summary>They left every channel.</summary>
    public required string LeftAll { get; init; }

    /// <summary>The choice was saved.</summary>
    public required string Saved { get; init; }

    /// <summary>We do not write for another reason.</summary>
    public required string Barred { get; init; }

    /// <summary>Bookings are written about all the same.</summary>
    public required string Bookings { get; init; }

    /// <summary>The link cannot be read.</summary>
    public required string BadLink { get; init; }

    private static readonly PageTexts English = new()
    {
        Language = "en",
        Preferences = "Email preferences",
        Which = "Which emails would you like?",
        Save = "Save",
        Unsubscribe = "Unsubscribe",
        LeaveEmail = "Unsubscribe from all marketing emails",
        LeaveAll = "Stop all marketing, on every channel",
        Return = "Subscribe again",
        Manage = "Choose what we send you",
        LeftList = "You are unsubscribed from this list.",
        LeftEmail = "You are unsubscribed from all marketing emails.",
        LeftAll = "You will get no marketing from us on any channel.",
        Saved = "Your choice is saved.",
        Barred = "We do not send marketing to this address.",
        Bookings = "Messages about your bookings still reach you.",
        BadLink = "We cannot read this link. Please open it again from the email, or answer the email and we will take you off the list.",
    };

    private static readonly Dictionary<string, PageTexts> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = English,
        ["de"] = new()
        {
            Language = "de",
            Preferences = "E-Mail-Einstellungen",
            Which = "Welche E-Mails möchten Sie erhalten?",
            Save = "Speichern",
            Unsubscribe = "Abmelden",
            LeaveEmail = "Von allen Werbe-E-Mails abmelden",
            LeaveAll = "Keine Werbung mehr, auf keinem Weg",
            Return = "Wieder anmelden",
            Manage = "Auswählen, was wir Ihnen senden",
            LeftList = "Sie sind von dieser Liste abgemeldet.",
            LeftEmail = "Sie sind von allen Werbe-E-Mails abgemeldet.",
            LeftAll = "Sie erhalten von uns keine Werbung mehr, auf keinem Weg.",
            Saved = "Ihre Auswahl ist gespeichert.",
            Barred = "An diese Adresse senden wir keine Werbung.",
            Bookings = "Nachrichten zu Ihren Buchungen erhalten Sie weiterhin.",
            BadLink = "Dieser Link ist nicht lesbar. Bitte öffnen Sie ihn erneut aus der E-Mail, oder antworten Sie auf die E-Mail, und wir melden Sie ab.",
        },
        ["pt"] = new()
        {
            Language = "pt",
            Preferences = "Preferências de e-mail",
            Which = "Que e-mails quer receber?",
            Save = "Guardar",
            Unsubscribe = "Cancelar subscrição",
            LeaveEmail = "Deixar de receber todos os e-mails de marketing",
            LeaveAll = "Parar todo o marketing, em todos os canais",
            Return = "Voltar a subscrever",
            Manage = "Escolher o que lhe enviamos",
            LeftList = "Deixou de estar inscrito nesta lista.",
            LeftEmail = "Deixou de receber todos os e-mails de marketing.",
            LeftAll = "Não receberá mais marketing nosso em nenhum canal.",
            Saved = "A sua escolha foi guardada.",
            Barred = "Não enviamos marketing para este endereço.",
            Bookings = "Continuará a receber mensagens sobre as suas reservas.",
            BadLink = "Não conseguimos ler esta ligação. Abra-a de novo a partir do e-mail, ou responda ao e-mail e retiramo-lo da lista.",
        },
        ["es"] = new()
        {
            Language = "es",
            Preferences = "Preferencias de correo",
            Which = "¿Qué correos desea recibir?",
            Save = "Guardar",
            Unsubscribe = "Darse de baja",
            LeaveEmail = "Darse de baja de todos los correos de marketing",
            LeaveAll = "Detener todo el marketing, en todos los canales",
            Return = "Suscribirse de nuevo",
            Manage = "Elegir qué le enviamos",
            LeftList = "Se ha dado de baja de esta lista.",
            LeftEmail = "Se ha dado de baja de todos los correos de marketing.",
            LeftAll = "No recibirá más marketing nuestro por ningún canal.",
            Saved = "Su elección se ha guardado.",
            Barred = "No enviamos marketing a esta dirección.",
            Bookings = "Seguirá recibiendo los mensajes sobre sus reservas.",
            BadLink = "No podemos leer este enlace. Ábralo de nuevo desde el correo, o responda al correo y le daremos de baja.",
        },
        ["fr"] = new()
        {
            Language = "fr",
            Preferences = "Préférences d’e-mail",
            Which = "Quels e-mails souhaitez-vous recevoir ?",
            Save = "Enregistrer",
            Unsubscribe = "Se désabonner",
            LeaveEmail = "Se désabonner de tous les e-mails publicitaires",
            LeaveAll = "Arrêter toute publicité, sur tous les canaux",
            Return = "Se réabonner",
            Manage = "Choisir ce que nous vous envoyons",
            LeftList = "Vous êtes désabonné de cette liste.",
            LeftEmail = "Vous êtes désabonné de tous les e-mails publicitaires.",
            LeftAll = "Vous ne recevrez plus de publicité de notre part, sur aucun canal.",
            Saved = "Votre choix est enregistré.",
            Barred = "Nous n’envoyons pas de publicité à cette adresse.",
            Bookings = "Les messages concernant vos réservations vous parviendront toujours.",
            BadLink = "Ce lien est illisible. Ouvrez-le à nouveau depuis l’e-mail, ou répondez à l’e-mail et nous vous désabonnerons.",
        },
        ["nl"] = new()
        {
            Language = "nl",
            Preferences = "E-mailvoorkeuren",
            Which = "Welke e-mails wilt u ontvangen?",
            Save = "Opslaan",
            Unsubscribe = "Afmelden",
            LeaveEmail = "Afmelden voor alle marketing-e-mails",
            LeaveAll = "Alle marketing stoppen, via elk kanaal",
            Return = "Opnieuw aanmelden",
            Manage = "Kiezen wat wij u sturen",
            LeftList = "U bent afgemeld voor deze lijst.",
            LeftEmail = "U bent afgemeld voor alle marketing-e-mails.",
            LeftAll = "U ontvangt via geen enkel kanaal nog marketing van ons.",
            Saved = "Uw keuze is opgeslagen.",
            Barred = "Wij sturen geen marketing naar dit adres.",
            Bookings = "Berichten over uw boekingen blijft u ontvangen.",
            BadLink = "Wij kunnen deze link niet lezen. Open hem opnieuw vanuit de e-mail, of beantwoord de e-mail en wij melden u af.",
        },
    };

    /// <summary>The words for a language tag; English where we have no others.</summary>
    public static PageTexts In(string? language) => All.GetValueOrDefault(language?.Split('-', '_')[0] ?? "", English);
}
