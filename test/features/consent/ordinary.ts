/** What people write to a business when they want something else than to be left alone, words of a stop among them. */

const SENTENCES = `
hi
hello, is anybody there?
when does the bus stop at your shop?
which stop do I get off at?
can you stop by tomorrow?
please stop the delivery of order 12
I want to stop my subscription next month, what do I do?
don't stop now, this is great
stop kidding, really? that is a great price
non-stop service, thank you
the machine does not stop
please do not stop texting me
I want to cancel my order
please cancel the appointment on Monday
can I cancel free of charge?
how do I cancel?
where do I cancel my booking
end of the month is fine
at the end of the day
the end justifies the means
what is the end date
I quit my job, so I have a new address
please remove item 2 from the cart
remove the onions please
can you remove the old card from my account?
how do I unsubscribe from the paid plan and keep the account?
did you end the promotion?
no more questions, thank you
no more sugar please
I don't want the red one
I do not want to wait any longer
don't send the invoice yet
do not send it to the old address
never mind
leave it at the door
leave me a message when you are done
take me to your leader
take it off the list of ingredients
please revoke the old key
opt for the blue one
stop loss at 20
full stop missing in the text
I got your messages, thanks
send me more messages like this
text me when it is ready
please message me tomorrow
who texted me?
my phone stopped working
your app stops at the start screen
start at nine?
let us start
yes
no
ok
thanks
bye
halt die Stellung
wo ist die nächste Haltestelle?
ich möchte meine Bestellung stornieren
bitte nicht mehr vor 9 Uhr liefern
keine Zwiebeln bitte
ich habe keine Nachricht bekommen
ich will keine Zeit verlieren
können Sie mich abholen?
ich melde mich ab Montag wieder
stoppt der Zug in Köln?
schicken Sie mir bitte keine Rechnung, sondern eine Quittung
mehr Nachrichten gibt es morgen
arrêt de bus le plus proche?
je ne veux plus attendre
je ne souhaite pas de sac
pas de messages pour moi?
plus de sauce s'il vous plaît
ne m'attendez plus
où est l'arrêt?
quiero cancelar mi pedido
no quiero más salsa
doy de baja el servicio de agua, qué hago?
la parada está cerrada
no me manden el pedido todavía
hasta la baja temporada
quero cancelar o pedido
não quero mais esperar
saí de casa agora
pare na porta
non voglio aspettare
basta così, grazie
annulla l'ordine per favore
non mi avete scritto ancora
ik wil geen suiker
stop maar bij de deur
hvornår stopper bussen?
jeg vil ikke have løg
ingen løg, tak
stoppar bussen här?
vill ha mera sås
nie mogę się zalogować
zrušit objednávku prosím
где остановка?
не хочу ждать
отмените заказ
я не получил сообщение
δεν θέλω άλλο
siparişi iptal etmek istiyorum
dur bir dakika
אני רוצה לבטל את ההזמנה
איפה התחנה?
לא קיבלתי הודעות
لا اريد بصل
أريد إلغاء الطلب
متى يتوقف الباص؟
لم تصلني رسائل
मुझे ऑर्डर रद्द करना है
बाद में
दुकान कब बंद होती है?
আমার অর্ডার কোথায়?
saya mau batal pesanan nomor 3
jangan kirim hari ini
tôi muốn hủy đơn hàng
ยกเลิกออเดอร์ได้ไหม
取消订单
请取消我的预约
注文を取り消したい
停車場はどこですか
주문 취소해 주세요
버스 정류장 어디예요
`
  .trim()
  .split('\n');

const OPENINGS = ['hi,', 'hello!', 'sorry,', 'quick question:', 'please', 'ok', 'so', 'good morning,'];
const ASKS = ['when', 'where', 'how', 'why', 'can you tell me when', 'do you know where', 'could you check why'];
const THINGS = [
  'my order',
  'the parcel',
  'the bus stop',
  'my appointment',
  'the refund',
  'the end of the sale',
  'my subscription',
  'the message',
];
const ACTS = ['stops', 'ends', 'starts', 'was cancelled', 'arrives', 'was removed', 'is due', 'can be cancelled'];

/** More than two thousand, each once. */
export function ordinarySentences(): string[] {
  const made = OPENINGS.flatMap((opening) =>
    ASKS.flatMap((ask) => THINGS.flatMap((thing) => ACTS.map((act) => `${opening} ${ask} ${thing} ${act}?`))),
  );
  return [...SENTENCES, ...made.filter((_, index) => index % 2 === 0)];
}
