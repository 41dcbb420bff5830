/**
 * Lists the words by which people say stop, in the languages of those who are written to. English from 47 CFR 64.1200(a)(10) and the lists of Twilio
 * and AWS; French ARRET and TD from the latter. All others were chosen by their dictionaries: natives are asked to correct them.
 */

/** Describes the words of one language. Upper case, as they are printed in messages; they are compared by `folded`. */
interface Words {
  /** Lists those that say stop wherever they stand alone, also on a button. */
  readonly stop: readonly string[];
  /** Lists those that say stop when somebody writes them; on a button they mean what the button offers. */
  readonly alsoStop?: readonly string[];
  readonly start?: readonly string[];
}

/** Lists the words by language; the first language that has a word is the one in which it is answered. */
export const WORDS: Readonly<Record<string, Words>> = {
  en: {
    stop: [
      'STOP',
      'STOPALL',
      'STOP ALL',
      'UNSUBSCRIBE',
      'REVOKE',
      'OPTOUT',
      'OPT OUT',
      'UNSUB',
      'REMOVE ME',
      'STOP IT',
      'STOP2QUIT',
      'STOP2END',
    ],
    alsoStop: ['CANCEL', 'END', 'QUIT', 'REMOVE'],
    start: ['START', 'UNSTOP', 'SUBSCRIBE', 'RESUBSCRIBE', 'RESUME', 'OPTIN', 'OPT IN'],
  },
  fr: {
    stop: [
      'ARRET',
      'ARRÊT',
      'ARRÊTER',
      'ARRÊTEZ',
      'STOP SMS',
      'TD',
      'DÉSABONNER',
      'DÉSABONNEMENT',
      'DÉSINSCRIRE',
      'DÉSINSCRIPTION',
    ],
    start: ['REPRENDRE', 'ABONNER', 'REPRISE'],
  },
  es: {
    stop: ['BAJA', 'DAR DE BAJA', 'DARME DE BAJA', 'CANCELAR SUSCRIPCIÓN'],
    alsoStop: ['ALTO', 'PARAR', 'CANCELAR', 'DETENER', 'SALIR'],
    start: ['ALTA', 'INICIAR', 'REANUDAR'],
  },
  pt: {
    stop: ['DESCADASTRAR', 'CANCELAR INSCRIÇÃO', 'CANCELAR ASSINATURA'],
    alsoStop: ['PARAR', 'PARE', 'SAIR', 'CANCELAR'],
    start: ['VOLTAR A RECEBER', 'RETOMAR', 'INICIAR'],
  },
  ca: { stop: ['BAIXA', 'DONAR DE BAIXA'], alsoStop: ['ATURAR', 'ATURA'], start: ['REPRENDRE'] },
  it: {
    stop: ['DISISCRIVIMI', 'CANCELLAMI', 'DISISCRIZIONE', 'CANCELLA ISCRIZIONE'],
    alsoStop: ['ANNULLA', 'BASTA'],
    start: ['RIPRENDI', 'ISCRIVIMI'],
  },
  de: {
    stop: ['STOPP', 'ABMELDEN', 'ABBESTELLEN', 'ABMELDUNG', 'AUSTRAGEN', 'KEINE WERBUNG'],
    start: ['ANMELDEN', 'STARTEN', 'FORTSETZEN'],
  },
  nl: { stop: ['AFMELDEN', 'UITSCHRIJVEN', 'STOPPEN'], start: ['AANMELDEN', 'HERVATTEN'] },
  da: { stop: ['AFMELD', 'FRAMELD', 'AFMELDING'], start: ['TILMELD', 'GENOPTAG'] },
  sv: { stop: ['AVSLUTA', 'AVREGISTRERA', 'AVPRENUMERERA'], start: ['ÅTERUPPTA', 'STARTA'] },
  no: { stop: ['AVMELD', 'MELD AV'], start: ['GJENOPPTA', 'MELD PÅ'] },
  fi: { stop: ['LOPETA', 'PERUUTA', 'PERUUTA TILAUS'], start: ['ALOITA', 'JATKA'] },
  is: { stop: ['HÆTTA', 'AFSKRÁ'], start: ['BYRJA'] },
  et: { stop: ['LÕPETA', 'LOOBU'], start: ['ALUSTA'] },
  lv: { stop: ['ATTEIKTIES', 'ATRAKSTĪTIES'], start: ['ATSĀKT'] },
  lt: { stop: ['ATSISAKYTI', 'ATSISAKAU'], start: ['ATNAUJINTI'] },
  pl: { stop: ['WYPISZ', 'WYPISZ MNIE', 'REZYGNUJĘ', 'REZYGNACJA'], start: ['WZNÓW', 'ZAPISZ'] },
  cs: { stop: ['ODHLÁSIT', 'ZRUŠIT ODBĚR'], alsoStop: ['ZRUŠIT', 'UKONČIT'], start: ['PŘIHLÁSIT'] },
  sk: { stop: ['ODHLÁSIŤ', 'ZRUŠIŤ ODBER'], alsoStop: ['ZRUŠIŤ'], start: ['PRIHLÁSIŤ'] },
  hu: { stop: ['LEIRATKOZÁS', 'LEIRATKOZOM', 'LEÁLLÍTÁS'], start: ['FELIRATKOZÁS'] },
  ro: { stop: ['DEZABONARE', 'DEZABONEAZA', 'OPREȘTE'], start: ['ABONARE'] },
  hr: { stop: ['ODJAVA', 'ODJAVI', 'ODJAVITE ME'], start: ['PRIJAVA'] },
  sr: { stop: ['ОДЈАВА', 'ОДЈАВИ МЕ'], start: ['ПРИЈАВА'] },
  sl: { stop: ['ODJAVI ME'], start: ['PRIJAVI ME'] },
  bg: { stop: ['СТОП', 'ОТПИСВАНЕ', 'ОТПИШИ МЕ'], start: ['СТАРТ'] },
  ru: { stop: ['СТОП', 'ОТПИСАТЬСЯ', 'ОТПИСКА', 'ОТПИШИТЕ МЕНЯ'], start: ['СТАРТ', 'ПОДПИСАТЬСЯ'] },
  uk: { stop: ['СТОП', 'ВІДПИСАТИСЯ', 'ВІДПИСКА'], start: ['СТАРТ', 'ПІДПИСАТИСЯ'] },
  el: { stop: ['ΣΤΟΠ', 'ΔΙΑΓΡΑΦΗ', 'ΚΑΤΑΡΓΗΣΗ ΕΓΓΡΑΦΗΣ'], start: ['ΕΝΑΡΞΗ', 'ΕΓΓΡΑΦΗ'] },
  tr: { stop: ['İPTAL', 'RET', 'ABONELİKTEN ÇIK'], alsoStop: ['DUR', 'DURDUR'], start: ['BAŞLAT', 'DEVAM'] },
  he: {
    stop: ['הסר', 'הסרה', 'להסיר', 'הסירו אותי'],
    alsoStop: ['עצור', 'הפסק', 'הפסיקו'],
    start: ['התחל', 'הצטרפות', 'חידוש'],
  },
  ar: {
    stop: ['إيقاف', 'الغاء الاشتراك', 'إلغاء الاشتراك'],
    alsoStop: ['توقف', 'إلغاء', 'أوقف', 'وقف'],
    start: ['ابدأ', 'استئناف', 'اشتراك'],
  },
  fa: { stop: ['لغو', 'لغو اشتراک', 'لغو عضویت'], alsoStop: ['توقف'], start: ['شروع'] },
  ur: { stop: ['بند', 'بند کریں', 'بند کرو'], start: ['شروع'] },
  hi: { stop: ['रोकें', 'बंद', 'बंद करें', 'बंद करो', 'रोको'], start: ['शुरू', 'शुरू करें'] },
  bn: { stop: ['বন্ধ', 'বন্ধ করুন', 'থামুন'], start: ['শুরু'] },
  id: { stop: ['BERHENTI', 'UNREG', 'BERHENTI LANGGANAN'], alsoStop: ['BATAL'], start: ['MULAI', 'LANJUT'] },
  ms: { stop: ['BERHENTI', 'HENTIKAN'], alsoStop: ['BATAL'], start: ['MULA'] },
  vi: { stop: ['DỪNG', 'TC', 'TỪ CHỐI', 'HỦY ĐĂNG KÝ'], alsoStop: ['HỦY', 'HUỶ'], start: ['BẮT ĐẦU', 'TIẾP TỤC'] },
  th: { stop: ['หยุด', 'ยกเลิกการรับข่าวสาร'], alsoStop: ['ยกเลิก'], start: ['เริ่ม'] },
  zh: {
    stop: ['退订', '退訂', '取消订阅', '取消訂閱', 'TD'],
    alsoStop: ['取消', '停止'],
    start: ['开始', '開始', '订阅', '訂閱'],
  },
  ja: { stop: ['配信停止', '購読解除', '退会'], alsoStop: ['停止', '解除', 'ストップ'], start: ['再開', '配信再開'] },
  ko: { stop: ['수신거부', '수신 거부', '구독취소', '구독 취소'], alsoStop: ['중지'], start: ['수신동의', '시작'] },
  sw: { stop: ['ACHA', 'SIMAMA', 'ACHA KUTUMA'], start: ['ANZA'] },
  tl: { stop: ['ITIGIL', 'ITIGIL ITO', 'TUMIGIL'], start: ['SIMULAN'] },
};

/** Lists words that say stop to marketing only: Meta's own label of the button among them. */
export const MARKETING: readonly string[] = [
  ...[
    'STOP PROMOTIONS',
    'STOP PROMOS',
    'STOP PROMO',
    'STOP MARKETING',
    'STOP ADS',
    'STOP OFFERS',
    'STOP NEWSLETTER',
    'NO MORE PROMOTIONS',
  ],
  ...[
    'WERBUNG STOPPEN',
    'STOP PUB',
    'STOP PUBLICITÉ',
    'ARRÊTER LES PROMOTIONS',
    'DETENER PROMOCIONES',
    'PARAR PROMOÇÕES',
    'INTERROMPI PROMOZIONI',
  ],
];

/** Lists words that say stop from a number of the United States, whatever they were offered as (47 CFR 64.1200(a)(10)). */
export const PER_SE: readonly string[] = [
  'STOP',
  'QUIT',
  'END',
  'REVOKE',
  'OPT OUT',
  'OPTOUT',
  'CANCEL',
  'UNSUBSCRIBE',
];

/**
 * Lists words that say stop to those who write from these countries; elsewhere they are everyday words: `acha` is "fine" in Hindi and Urdu, `tc` "take care" in English
 * chats, `td` "all" in Brazilian ones.
 */
export const LOCAL: Readonly<Record<string, string>> = {
  ACHA: 'TZ KE UG CD RW BI',
  TC: 'VN',
  TD: 'CN HK MO TW SG FR BE CH LU CA US',
};

/** Lists words that say stop with their marks only: without, or with others, they are names. */
export const MARKED: readonly string[] = ['DỪNG', 'HỦY', 'HUỶ'];
