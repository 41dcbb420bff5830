/**
 * Recognises sentences that ask for no more messages. Each pattern is of words: `a|b` one of them, `?` may be missing, `*` any number of times. The
 * whole message has to fit, so that nothing is read into one that only mentions a stop.
 */

import { folded } from './folding.ts';

/** Lists what is said around a wish, in any of the languages. */
const AROUND =
  'please|pls|plz|hey|hi|hello|ok|okay|just|kindly|now|thanks|thank|thx|bitte|danke|svp|merci|por|favor|gracias|obrigado|obrigada|per|favore|grazie|alsjeblieft|alstublieft|aub|graag|tak|venligst|tack|takk|נא|בבקשה|תודה|من|فضلك|رجاء|شكرا|لو|سمحت';

const ENGLISH = [
  'can|could|will|would? you? stop|quit|cease texting|messaging|contacting|spamming|bothering|emailing to? me|us|this? number? about? this|it? anymore|again|any? more?',
  'can|could|will|would? you? stop|quit sending to? me|us? these|those|this|your|all|any|such|so|the|more|text|sms* many? texts|text|messages|message|msgs|sms|emails|ads|promotions|promos|marketing|offers|spam|newsletters|notifications|reminders|alerts anymore|any? more? to? me|us?',
  'i want you to stop texting|messaging|contacting me|us anymore?',
  'do? not|dont|never|no ever? text|message|contact|spam me|us|this? number? anymore|again|any|ever? more|again?',
  'do? not|dont|never ever? bother|disturb me|us|this number? anymore|again|ever?',
  'do? not|dont|never|no send|write|give me|us? any|more|these|your|such* texts|messages|msgs|sms|ads|promotions|marketing|offers|spam|newsletters anymore|again|any? more?',
  'remove|take|delete|get me|us|my|this number|phone|contact* off|from|of all? of? your|the|this|all contact|mailing|marketing|sms|text|broadcast? list|lists|database',
  'remove|delete|lose|loose|forget my|this number|name',
  'unsubscribe|unsub|optout me|us|this|my number? from? your|this|the|all? list|lists|messages|texts|newsletter|marketing|promotions|offers|service?',
  'opt me|us? out of|from? this|these|your|the|all? list|messages|texts|marketing|service?',
  'i want|wish|like|need|would|wanna|id to* unsubscribe|opt out? from|of? this|these|your|all? list|messages|texts|newsletter?',
  'i do? not|dont|no want|wish|need to? get|receive|have|be|any|more|these|your|such|of|texts* texts|messages|msgs|sms|ads|promotions|marketing|offers|spam|newsletters from? you|this? anymore|any? more?',
  'i no longer want|wish to receive|get from|your|any|these|those|this|such|anything|texts|messages|msgs|sms|ads|promotions|offers|newsletters|newsletter|you*',
  'i do? not|dont want|wish to? receive|get|hear anything from you again|anymore|any? more?',
  'i opt out of|from? these|this|your|all? messages|texts|list?',
  'not interested in receiving any|more|your|these|messages|texts|offers|anymore*',
  'no more texts|messages|msgs|sms|ads|promotions|promos|marketing|offers|spam|newsletters from? you?',
  'stop|end the|these|those|this|your|all|with|sending* texts|messages|msgs|sms|ads|promotions|marketing|spam|newsletters|texting|messaging|spamming anymore?',
  'leave me alone',
  'not interested stop|unsubscribe|remove me?',
  'stop all communication|communications|contact',
  'wrong number please? stop|unsubscribe',
  'stop|unsubscribe this? is? the? wrong number',
  'stop i|we have? never|didnt|did|not* sign|signed|asked|ask up? for this|these|it',
];

const OTHERS = [
  // German
  'schickt|schicken|sendet|senden|schreibt|schreiben|schick|sende sie? mir|uns? keine|nicht weiteren|mehr|ihre|eure* nachrichten|werbung|sms|angebote|newsletter|mails? mehr?',
  'ich|wir will|wollen|mochte|mochten|wunsche|brauche keine|nichts ihrer|eurer|weiteren|mehr* nachrichten|werbung|sms|angebote|newsletter mehr? erhalten|bekommen|haben|empfangen? von? ihnen|euch?',
  'keine|nie weiteren? nachrichten|werbung|sms|angebote|newsletter mehr? an? mich? von? ihnen|euch?',
  'nicht mehr schreiben|kontaktieren|anschreiben|senden',
  'horen|hort|hor sie? auf mir|uns zu schreiben|schicken|senden',
  'loschen|entfernen|streichen|nehmen|loscht|entfernt sie? mich|meine|nummer* aus|von der|ihrer|eurer|dem|ihrem? liste|verteiler|datenbank',
  // French
  'ne? me|nous|ne* contactez|ecrivez|envoyez|contacte|ecris|envoie|menvoyez|mecrivez|menvoie|mecris plus jamais? de|vos|des|ces* messages|message|sms|pub|pubs|publicite|publicites|offres?',
  'arretez|arrete|cessez|arreter|stop de? menvoyer|mecrire|denvoyer|decrire|me|nous|contacter|envoyer|ecrire* des|vos|ces|les|tous|de* messages|message|sms|pub|pubs|publicite|publicites|offres?',
  'je ne? veux|souhaite|desire plus recevoir|de|vos|des|ces|aucun|aucune* messages|message|sms|pub|pubs|publicite|publicites|offres|newsletter',
  'plus de messages|sms|pub|pubs|publicite',
  // Spanish
  'ya? no me|nos envien|envies|enviar|manden|mandes|escriban|escribas|contacten|contactes|envie|mande mas mensajes|mensaje|publicidad|sms|promociones|ofertas?',
  'ya? no me|nos escriba|escriban|escribas|contacte|contacten|contactes mas?',
  'ya no me|nos envie|envien|envies|mande|manden|mandes mas? mensajes|mensaje|publicidad|sms|promociones|ofertas',
  'quitame|quitenme|eliminame|eliminenme|borrame|borrenme|sacame|saquenme de tu|su|la|esta lista|listado',
  'deja|dejen|dejar|para|paren de enviarme|mandarme|escribirme|contactarme|enviar|mandar mas? mensajes|mensaje|publicidad|sms|promociones|ofertas?',
  'ya? no quiero|deseo recibir|mas|sus|tus|estos* mensajes|mensaje|publicidad|sms|promociones|ofertas mas?',
  'no mas mensajes|publicidad|sms|promociones',
  'quiero|deseo|quisiera? dar|darme|darnos me? de baja',
  // Portuguese
  'nao|n me? envie|envia|enviem|mande|manda|mandem me? mais mensagens|mensagem|propaganda|sms|promocoes|ofertas?',
  'pare|parem|para de me? enviar|mandar|enviarem|mandarem|enviarme|mandarme me? mais? mensagens|mensagem|propaganda|sms|promocoes|ofertas?',
  'nao|n quero|desejo mais|receber|suas|essas* mensagens|mensagem|propaganda|sms|promocoes|ofertas mais?',
  // Italian
  'non voglio|desidero|vorrei piu|ricevere|i|vostri* messaggi|messaggio|pubblicita|sms|offerte|promozioni da? voi?',
  'non mi? scrivete|mandate|inviate|contattate|scrivetemi|mandatemi|inviatemi|contattatemi|scrivermi|mandarmi piu messaggi|messaggio|pubblicita|sms|offerte?',
  'basta|smettete|smettetela|smetti di|con|i|scrivermi|mandarmi|inviarmi|contattarmi* messaggi|pubblicita|sms|offerte|scrivermi|contattarmi',
  // Dutch
  'ik? wil|wens? geen berichten|reclame|smsjes|sms|aanbiedingen|nieuwsbrieven meer ontvangen|krijgen|van|jullie|u*',
  'stuur|stuurt|zend me|mij|ons? geen berichten|reclame|sms|aanbiedingen meer',
  'stop met appen|sturen|berichten|smsen|contacteren|mailen van? berichten|reclame|sms?',
  // Danish, Norwegian, Swedish
  'jeg|jag vil|vill ikke|inte ha|have|modtage|motta|fa|langere|lengre* flere|fler? beskeder|meldinger|meddelanden|sms|reklamer|reklame|reklam mer|mere|fra|jer|er*',
  'send|skicka mig|meg? ikke|inte|ingen flere|fler|mer beskeder|meldinger|meddelanden|sms|reklamer|reklame|reklam',
  'ikke|inte kontakt|kontakta|kontakte meg|mig igjen|igen|mer|mere?',
  'ikke|ingen|inga|inte flere|fler beskeder|meldinger|meddelanden|sms|reklamer|reklame|reklam',
  'stop|stopp|sluta|slutt|hold med|op|a|at|att* skrive|sende|skriva|skicka|sms|meddelanden|beskeder|meldinger til|till|mig|meg*',
  // Hebrew
  'להפסיק|תפסיקו|הפסיקו|תפסיק לשלוח|לכתוב|להטריד|לסמס לי|אותי|לנו* הודעות?',
  'תסירו|הסירו|תוריד|תורידו|להסיר|תסיר אותי|אותנו מהרשימה|מרשימת|מהתפוצה? התפוצה|תפוצה|הדיוור?',
  'לא לשלוח לי? יותר|עוד? הודעות?',
  'אני? לא רוצה|מעוניין|מעוניינת יותר|לקבל|עוד|שום* הודעות|פרסומות יותר|מכם*',
  'אל תשלחו|תשלח|תכתבו לי? יותר|עוד? הודעות|פרסומות?',
  // Arabic
  'توقفوا|توقف|اوقفوا|اوقف|كفوا عن|ارسال|مراسلتي|مراسلتنا* الرسائل|رسائلكم|رسائل|مراسلتي|الاعلانات لي?',
  'لا ترسلوا|ترسل|تبعثوا|تبعث لي? اي|المزيد|من|هذه* رسائل|الرسائل|رسايل|اعلانات بعد|الان|مره|اخري|ثانيه*',
  'لا تراسلوني|تراسلني|تراسلونا بعد|الان|مره|اخري*',
  'لا|ما اريد|ارغب|ابغي|ابي|بدي في? استلام|تلقي|اي|المزيد|من|هذه* رسائل|الرسائل|رسائلكم|اعلانات|اعلاناتكم بعد|الان*',
  // Russian, Ukrainian
  'не|больше не? присылаите|пишите|отправляите|шлите|присылать|писать мне? больше|больше сообщения|сообщении|смс|рекламу|спам?',
  'отпишите|удалите|уберите меня|мои|номер* из|от? рассылки|списка|базы?',
  'я? не хочу получать|больше|ваши|эти* сообщения|смс|рекламу|рассылку',
  // Hindi and Urdu in Latin letters
  'mujhe? message|messages|msg|msgs|sms mat karo|kro|kijiye|karna|bhejo|bhejna|bhejiye',
  // Turkish
  'artik? bana? mesaj|sms|reklam atmayin|gondermeyin|yollamayin|istemiyorum|gonderme|atma',
  // Indonesian
  'jangan|stop|tolong kirim|kirimi|hubungi saya? pesan|sms|iklan|promosi|lagi*',
];

/** Matches words that say something else where they stand alone. */
const COURTESIES = /\b(?:thank you|sil (?:vous|te) plait)\b/g;

/** Longer messages say something else besides. */
const MAX_WORDS = 16;

interface Step {
  words: ReadonlySet<string>;
  isOptional: boolean;
  isRepeated: boolean;
}

function stepOf(text: string): Step {
  const isOptional = /[?*]$/.test(text);
  const words = new Set(text.replace(/[?*]$/, '').split('|').map(folded));
  return { words, isOptional, isRepeated: text.endsWith('*') };
}

type Pattern = readonly Step[];
const PATTERNS: readonly Pattern[] = [...ENGLISH, ...OTHERS].map((text) => text.split(' ').map(stepOf));
const FILLERS = new Set(AROUND.split('|').map(folded));

/** Lists every place in the pattern at which it can stand without taking a word. */
function standing(pattern: Pattern, from: ReadonlySet<number>): Set<number> {
  const places = new Set(from);
  for (const place of places) if (pattern[place]?.isOptional === true) places.add(place + 1);
  return places;
}

function fits(pattern: Pattern, words: readonly string[]): boolean {
  let places = standing(pattern, new Set([0]));
  for (const word of words) {
    const next = new Set<number>();
    for (const place of places) {
      const step = pattern[place];
      if (step?.words.has(word) !== true) continue;
      next.add(step.isRepeated ? place : place + 1);
    }
    if (next.size === 0) return false;
    places = standing(pattern, next);
  }
  return places.has(pattern.length);
}

/** Patterns by each word that they can begin with: most messages begin with none of these. */
const BY_BEGINNING = new Map<string, Set<Pattern>>();
for (const pattern of PATTERNS) {
  for (const place of standing(pattern, new Set([0]))) {
    for (const word of pattern[place]?.words ?? []) {
      BY_BEGINNING.set(word, (BY_BEGINNING.get(word) ?? new Set()).add(pattern));
    }
  }
}

/** Answers the words of a folded text without what is only said around them; none: there is nothing else, or more than a wish has. */
export function saidIn(text: string): string[] {
  const all = text.replace(COURTESIES, 'thanks').split(' ');
  if (all.length > MAX_WORDS) return [];
  const start = all.findIndex((word) => !FILLERS.has(word));
  const end = all.findLastIndex((word) => !FILLERS.has(word));
  return start < 0 ? [] : all.slice(start, end + 1);
}

/** Tells whether words are a sentence that asks for no more messages. */
export function asksToStop(said: readonly string[]): boolean {
  const [beginning = ''] = said;
  return [...(BY_BEGINNING.get(beginning) ?? [])].some((pattern) => fits(pattern, said));
}
