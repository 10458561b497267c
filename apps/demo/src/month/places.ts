/** A place where people of the demo live, with the names that are usual there. */
export interface Place {
  readonly city: string;
  readonly country: string;
  readonly zone: string;
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  /** Whether the id of most people is an e-mail address instead of a name. */
  readonly hasAddresses: boolean;
  /** The number of people who live there, relative to the other places. */
  readonly weight: number;
}

const words = (text: string): readonly string[] => text.split(' ');

/** The places of a demo. Their names are in scripts of several directions and widths, to show that the dashboard can display them. */
export const places: readonly Place[] = [
  {
    city: 'Berlin',
    country: 'DE',
    zone: 'Europe/Berlin',
    firstNames: words(
      'lena jonas mia paul emma finn hannah leon marie felix clara moritz greta anton frieda emil ida karl',
    ),
    lastNames: words(
      'hoffmann becker schulz wagner fischer weber koch richter wolf neumann braun krüger vogel lang',
    ),
    hasAddresses: true,
    weight: 20,
  },
  {
    city: 'London',
    country: 'GB',
    zone: 'Europe/London',
    firstNames: words(
      'amelia oliver isla george ava harry freya jack poppy theo grace arthur ella oscar ruby noah',
    ),
    lastNames: words(
      'watson hughes patel clarke wright green baker turner cooper morris ward cook bailey bell',
    ),
    hasAddresses: true,
    weight: 18,
  },
  {
    city: 'New York',
    country: 'US',
    zone: 'America/New_York',
    firstNames: words(
      'maya ethan zoe liam chloe mason aria logan nora lucas stella owen hazel caleb ivy wyatt',
    ),
    lastNames: words('johnson rivera kim nguyen brooks foster hayes price reed ross diaz perry long powell'),
    hasAddresses: true,
    weight: 18,
  },
  {
    city: 'São Paulo',
    country: 'BR',
    zone: 'America/Sao_Paulo',
    firstNames: words('Júlia Miguel Sofia Davi Laura Heitor Manuela Bernardo Luísa João Antônia Tomás'),
    lastNames: words('Gonçalves Araújo Conceição Magalhães Simões Guimarães Brandão Falcão Leão Queirós'),
    hasAddresses: false,
    weight: 8,
  },
  {
    city: 'Warszawa',
    country: 'PL',
    zone: 'Europe/Warsaw',
    firstNames: words('Zofia Łukasz Małgorzata Paweł Agnieszka Michał Żaneta Stanisław Elżbieta Grześ'),
    lastNames: words('Wójcik Kowalczyk Szczepański Jabłońska Łęcki Pawłowski Dąbrowska Wąsik Śliwa Żuk'),
    hasAddresses: false,
    weight: 6,
  },
  {
    city: 'Αθήνα',
    country: 'GR',
    zone: 'Europe/Athens',
    firstNames: words('Ελένη Γιώργος Κατερίνα Νίκος Σοφία Δημήτρης Αθηνά Πέτρος Ιωάννα Στέφανος'),
    lastNames: words('Παπαδόπουλος Νικολάου Γεωργίου Οικονόμου Βλάχος Αντωνίου Ραπτόπουλος Κόκκινος'),
    hasAddresses: false,
    weight: 3,
  },
  {
    city: 'Київ',
    country: 'UA',
    zone: 'Europe/Kyiv',
    firstNames: words('Олена Андрій Наталія Тарас Ірина Богдан Оксана Юрій Софія Матвій'),
    lastNames: words('Шевченко Коваленко Бондаренко Мельник Ткаченко Кравчук Їжак Лисенко'),
    hasAddresses: false,
    weight: 5,
  },
  {
    city: 'תל אביב',
    country: 'IL',
    zone: 'Asia/Jerusalem',
    firstNames: words('נועה איתי תמר יונתן מיכל דוד שירה אורי יעל עומר'),
    lastNames: words('כהן לוי מזרחי פרץ ביטון אברהם פרידמן שפירא'),
    hasAddresses: false,
    weight: 4,
  },
  {
    city: 'الرياض',
    country: 'SA',
    zone: 'Asia/Riyadh',
    firstNames: words('سارة محمد نورة عبدالله ليلى خالد فاطمة يوسف مريم سلمان'),
    lastNames: words('العمري الحربي القحطاني الشمري الغامدي الدوسري المطيري الزهراني'),
    hasAddresses: false,
    weight: 5,
  },
  {
    city: 'मुंबई',
    country: 'IN',
    zone: 'Asia/Kolkata',
    firstNames: words('आरव अनन्या विवान दीया अर्जुन ईशा कबीर मीरा रोहन सानवी'),
    lastNames: words('शर्मा पटेल गुप्ता जोशी मेहता नायर देसाई कुलकर्णी'),
    hasAddresses: false,
    weight: 6,
  },
  {
    city: '東京',
    country: 'JP',
    zone: 'Asia/Tokyo',
    firstNames: words('陽菜 蓮 結衣 湊 葵 大翔 さくら 悠真 凛 颯太'),
    lastNames: words('田中 佐藤 鈴木 高橋 渡辺 伊藤 山本 中村'),
    hasAddresses: false,
    weight: 5,
  },
  {
    city: '서울',
    country: 'KR',
    zone: 'Asia/Seoul',
    firstNames: words('서연 민준 지우 도윤 하은 시우 수아 예준'),
    lastNames: words('김 이 박 최 정 강 조 윤'),
    hasAddresses: false,
    weight: 2,
  },
];
