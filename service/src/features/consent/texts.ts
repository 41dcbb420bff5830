/** Says what a stop is answered with, in the language of the word; natives are asked to correct them. */

interface Texts {
  /** Answers a stop to everything. */
  all: string;
  /** Answers a stop to marketing only. */
  marketing: string;
  /** Answers a sentence that sounds like a stop. */
  likely: string;
}

const ENGLISH: Texts = {
  all: 'You will get no more messages from us. Write START to get them again.',
  marketing: 'You will get no more offers and news from us. Write START to get them again.',
  likely: 'We understand that you want no more messages from us. If we got that wrong, write START.',
};

const TEXTS: Readonly<Record<string, Texts>> = {
  en: ENGLISH,
  de: {
    all: 'Sie erhalten keine Nachrichten mehr von uns. Mit START erhalten Sie sie wieder.',
    marketing: 'Sie erhalten keine Werbung mehr von uns. Mit START erhalten Sie sie wieder.',
    likely: 'Wir verstehen, dass Sie keine Nachrichten mehr wünschen. Falls wir uns irren, schreiben Sie START.',
  },
  da: {
    all: 'Du får ikke flere beskeder fra os. Skriv START for at få dem igen.',
    marketing: 'Du får ikke flere tilbud og nyheder fra os. Skriv START for at få dem igen.',
    likely: 'Vi forstår, at du ikke ønsker flere beskeder. Skriv START, hvis vi tager fejl.',
  },
  fr: {
    all: 'Vous ne recevrez plus de messages de notre part. Écrivez START pour les recevoir à nouveau.',
    marketing: 'Vous ne recevrez plus nos offres. Écrivez START pour les recevoir à nouveau.',
    likely: 'Nous comprenons que vous ne souhaitez plus de messages. Si ce n’est pas le cas, écrivez START.',
  },
  es: {
    all: 'No recibirá más mensajes nuestros. Escriba START para volver a recibirlos.',
    marketing: 'No recibirá más ofertas nuestras. Escriba START para volver a recibirlas.',
    likely: 'Entendemos que no desea más mensajes. Si no es así, escriba START.',
  },
  pt: {
    all: 'Você não receberá mais mensagens nossas. Escreva START para voltar a recebê-las.',
    marketing: 'Você não receberá mais ofertas nossas. Escreva START para voltar a recebê-las.',
    likely: 'Entendemos que você não quer mais mensagens. Se não for isso, escreva START.',
  },
  it: {
    all: 'Non riceverà più messaggi da noi. Scriva START per riceverli di nuovo.',
    marketing: 'Non riceverà più offerte da noi. Scriva START per riceverle di nuovo.',
    likely: 'Abbiamo capito che non desidera altri messaggi. Se non è così, scriva START.',
  },
  nl: {
    all: 'U ontvangt geen berichten meer van ons. Schrijf START om ze weer te ontvangen.',
    marketing: 'U ontvangt geen aanbiedingen meer van ons. Schrijf START om ze weer te ontvangen.',
    likely: 'We begrijpen dat u geen berichten meer wilt. Schrijf START als dat niet klopt.',
  },
  sv: {
    all: 'Du får inga fler meddelanden från oss. Skriv START för att få dem igen.',
    marketing: 'Du får inga fler erbjudanden från oss. Skriv START för att få dem igen.',
    likely: 'Vi förstår att du inte vill ha fler meddelanden. Skriv START om vi har fel.',
  },
  no: {
    all: 'Du får ikke flere meldinger fra oss. Skriv START for å få dem igjen.',
    marketing: 'Du får ikke flere tilbud fra oss. Skriv START for å få dem igjen.',
    likely: 'Vi forstår at du ikke vil ha flere meldinger. Skriv START hvis vi tar feil.',
  },
  he: {
    all: 'לא תקבלו מאיתנו הודעות נוספות. כתבו START כדי לקבל אותן שוב.',
    marketing: 'לא תקבלו מאיתנו מבצעים וחדשות. כתבו START כדי לקבל אותם שוב.',
    likely: 'הבנו שאינכם רוצים הודעות נוספות. אם טעינו, כתבו START.',
  },
  ar: {
    all: 'لن تصلك رسائل أخرى منا. اكتب START لتلقيها مجددًا.',
    marketing: 'لن تصلك عروض وأخبار منا. اكتب START لتلقيها مجددًا.',
    likely: 'فهمنا أنك لا تريد مزيدًا من الرسائل. إن كنا مخطئين فاكتب START.',
  },
};

/** Answers the sentence for a stop; English where there is none in the language. */
export function confirmationText(
  language: string,
  { isMarketing, isLikely }: { isMarketing: boolean; isLikely: boolean },
): string {
  const texts = TEXTS[language] ?? ENGLISH;
  if (isLikely) return texts.likely;
  return isMarketing ? texts.marketing : texts.all;
}
