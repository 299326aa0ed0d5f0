/**
 * Given names common among clients of Ukrainian companies, in Ukrainian, Russian and Latin letters, folded (small
 * letters, no apostrophes). Only to find out which word of a full name is which; a name that is missing here is no fault.
 */
const lists = [
  // Ukrainian
  `адам анатолій андрій антон аркадій арсен арсеній артем артур богдан борис вадим валентин валерій василь віктор
   віталій владислав володимир всеволод вячеслав гаврило геннадій георгій герман гліб гнат григорій давид данило
   дем'ян денис дмитро едуард євген євгеній євстахій захар зеновій зиновій іван ігнат ігор ілля йосип іларіон кирило
   костянтин лев леонід леонтій любомир лука лук'ян макар макарій максим марат марк мар'ян мартин матвій мирон
   мирослав михайло михайл микита микола назар назарій нестор никифор олег олександр олексій олесь омелян онисим опанас
   орест остап павло панас панько петро пилип платон прохор родіон роман ростислав руслан святослав севастьян семен
   сергій станіслав степан тарас теодор терентій тимофій тимур тихон тодор устим федір феодосій филимон хома юліан
   юрій юхим яків ян ярема яромир ярослав`,
  `аделіна аліна аліса алла альбіна анастасія ангеліна анжела анна аріна богдана валентина валерія варвара василина
   віра вікторія віолета віталіна владислава галина ганна дар'я дарина діана домініка ева єва елеонора емілія
   євгенія єлизавета жанна зінаїда злата зоряна зоя інна ірина іванна калина карина катерина кіра клавдія лариса
   леся лідія лілія любов людмила людмила мальва маргарита марина марія марта маряна меланія мілана мирослава
   надія наталія наталя неля ніка ніна оксана олександра олена олеся ольга орися оріана пелагея поліна раїса регіна
   римма роксолана руслана світлана соломія софія стефанія сніжана таїсія тамара тетяна уляна устина христина юлія
   яна яніна ярина ярослава`,
  // Russian
  `александр алексей анатолий андрей аркадий арсений валерий василий виктор виталий владимир вячеслав геннадий георгий
   глеб григорий даниил данила дмитрий евгений егор ефим иван игнат игорь илья иосиф кирилл константин леонид
   максим матвей михаил никита николай олег павел пётр петр родион сергей степан тимофей федор филипп юрий яков`,
  `александра алена анастасия анжелика анна валентина валерия вера вероника виктория галина дарья евгения екатерина
   елена елизавета зинаида зоя инна ирина кристина ксения лариса лидия лилия любовь людмила маргарита марина мария
   надежда наталия наталья нина оксана ольга полина раиса светлана снежана софия софья таисия татьяна ульяна
   эльвира юлия яна`,
  // Latin letters: Ukrainian names in transliteration, and common foreign ones
  `adam anatolii andrii andriy andrey anton artem artur bohdan bogdan borys danylo denys dmytro dmitry eduard hlib
   hryhorii hryhoriy igor ihor illia ilya ivan kostiantyn kyrylo leonid lev maksym maxim mark markiian marko mykhailo
   mykola mykyta nazar nazarii oleg oleh oleksandr oleksii oleksiy orest ostap pavlo petro roman rostyslav ruslan
   serhii serhiy sergey sergii stanislav stepan sviatoslav taras tymofii vadym valentyn valerii vasyl viktor vitalii
   vitaliy vladyslav volodymyr viacheslav vyacheslav yakiv yaroslav yevhen yevhenii yosyp yurii yuriy zakhar`,
  `alina alla anastasiia anhelina anna bohdana daria diana halyna hanna inna iryna irina ivanna kateryna khrystyna
   larysa lesia lesya lidiia liliia liubov liudmyla marharyta mariana mariia maryna marta myroslava nadiia natalia
   nataliia natalya nina oksana oleksandra olena olesia olga olha polina roksolana sofiia solomiia svitlana tamara
   tetiana tetyana uliana valentyna valeriia vira viktoriia yana yelyzaveta yevheniia yuliia yulia zoia`,
  `aaron alan albert alex alexander alexandra alice amanda amy andrea andrew angela ann anne anthony barbara benjamin
   brian carol catherine charles charlotte christian christina christopher claire daniel david deborah diane donald
   dorothy edward elena elizabeth emily emma eric ethan eva evelyn frank gary george gregory hannah harry heather
   helen henry isabella jack jacob james jane jason jeffrey jennifer jessica joan joe john jonathan joseph joshua
   julia julie karen kate katherine keith kenneth kevin laura lauren linda lisa louis lucas lucy luke margaret maria
   marie mark martin mary matthew megan melissa michael michelle mike monica nancy natalie nathan nicholas nicole
   noah oliver olivia pamela patricia patrick paul peter philip rachel rebecca richard robert roger ronald rose
   roy ryan samantha samuel sandra sarah scott sharon simon sophia sophie stephanie stephen steven susan teresa
   theresa thomas timothy tom tyler victor victoria vincent virginia walter william zachary`,
];

export const givenNames: ReadonlySet<string> = new Set(
  lists.flatMap((list) => list.split(/\s+/)).map((name) => foldName(name)),
);

/** Small letters, ё as е, no apostrophes or dots. */
export function foldName(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/['’ʼ`.]/g, '');
}
