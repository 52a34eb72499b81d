"""Windows time zone names, as Azure wants them for schedules, and the IANA names that people write instead.

Source: Unicode CLDR, ``windowsZones.xml``, the rows of territory 001 and the usual cities of others.
"""

from __future__ import annotations

_IANA = """
Dateline Standard Time=Etc/GMT+12
UTC-11=Etc/GMT+11
Aleutian Standard Time=America/Adak
Hawaiian Standard Time=Pacific/Honolulu
Marquesas Standard Time=Pacific/Marquesas
Alaskan Standard Time=America/Anchorage
UTC-09=Etc/GMT+9
Pacific Standard Time (Mexico)=America/Tijuana
UTC-08=Etc/GMT+8
Pacific Standard Time=America/Los_Angeles,America/Vancouver,US/Pacific
US Mountain Standard Time=America/Phoenix
Mountain Standard Time (Mexico)=America/Mazatlan
Mountain Standard Time=America/Denver,America/Edmonton,US/Mountain
Yukon Standard Time=America/Whitehorse
Central America Standard Time=America/Guatemala
Central Standard Time=America/Chicago,America/Winnipeg,US/Central
Easter Island Standard Time=Pacific/Easter
Central Standard Time (Mexico)=America/Mexico_City
Canada Central Standard Time=America/Regina
SA Pacific Standard Time=America/Bogota,America/Lima,America/Panama
Eastern Standard Time (Mexico)=America/Cancun
Eastern Standard Time=America/New_York,America/Toronto,US/Eastern
Haiti Standard Time=America/Port-au-Prince
Cuba Standard Time=America/Havana
US Eastern Standard Time=America/Indianapolis
Turks And Caicos Standard Time=America/Grand_Turk
Paraguay Standard Time=America/Asuncion
Atlantic Standard Time=America/Halifax
Venezuela Standard Time=America/Caracas
Central Brazilian Standard Time=America/Cuiaba
SA Western Standard Time=America/La_Paz,America/Puerto_Rico
Pacific SA Standard Time=America/Santiago
Newfoundland Standard Time=America/St_Johns
Tocantins Standard Time=America/Araguaina
E. South America Standard Time=America/Sao_Paulo
SA Eastern Standard Time=America/Cayenne
Argentina Standard Time=America/Buenos_Aires,America/Argentina/Buenos_Aires
Greenland Standard Time=America/Godthab
Montevideo Standard Time=America/Montevideo
Magallanes Standard Time=America/Punta_Arenas
Saint Pierre Standard Time=America/Miquelon
Bahia Standard Time=America/Bahia
UTC-02=Etc/GMT+2
Azores Standard Time=Atlantic/Azores
Cape Verde Standard Time=Atlantic/Cape_Verde
UTC=Etc/UTC,Etc/GMT,GMT,Zulu
GMT Standard Time=Europe/London,Europe/Dublin,Europe/Lisbon
Greenwich Standard Time=Atlantic/Reykjavik,Africa/Accra
Sao Tome Standard Time=Africa/Sao_Tome
Morocco Standard Time=Africa/Casablanca
W. Europe Standard Time=Europe/Berlin,Europe/Amsterdam,Europe/Rome,Europe/Vienna,Europe/Zurich,Europe/Stockholm
Central Europe Standard Time=Europe/Budapest,Europe/Prague,Europe/Belgrade,Europe/Bratislava,Europe/Ljubljana
Romance Standard Time=Europe/Paris,Europe/Brussels,Europe/Madrid,Europe/Copenhagen
Central European Standard Time=Europe/Warsaw,Europe/Zagreb,Europe/Sarajevo,Europe/Skopje
W. Central Africa Standard Time=Africa/Lagos,Africa/Algiers,Africa/Tunis
Jordan Standard Time=Asia/Amman
GTB Standard Time=Europe/Bucharest,Europe/Athens
Middle East Standard Time=Asia/Beirut
Egypt Standard Time=Africa/Cairo
E. Europe Standard Time=Europe/Chisinau
Syria Standard Time=Asia/Damascus
West Bank Standard Time=Asia/Hebron
South Africa Standard Time=Africa/Johannesburg,Africa/Harare
FLE Standard Time=Europe/Kiev,Europe/Kyiv,Europe/Helsinki,Europe/Riga,Europe/Sofia,Europe/Tallinn,Europe/Vilnius
Israel Standard Time=Asia/Jerusalem
South Sudan Standard Time=Africa/Juba
Kaliningrad Standard Time=Europe/Kaliningrad
Sudan Standard Time=Africa/Khartoum
Libya Standard Time=Africa/Tripoli
Namibia Standard Time=Africa/Windhoek
Arabic Standard Time=Asia/Baghdad
Turkey Standard Time=Europe/Istanbul
Arab Standard Time=Asia/Riyadh,Asia/Kuwait,Asia/Qatar
Belarus Standard Time=Europe/Minsk
Russian Standard Time=Europe/Moscow
E. Africa Standard Time=Africa/Nairobi
Volgograd Standard Time=Europe/Volgograd
Iran Standard Time=Asia/Tehran
Arabian Standard Time=Asia/Dubai
Astrakhan Standard Time=Europe/Astrakhan
Azerbaijan Standard Time=Asia/Baku
Russia Time Zone 3=Europe/Samara
Mauritius Standard Time=Indian/Mauritius
Saratov Standard Time=Europe/Saratov
Georgian Standard Time=Asia/Tbilisi
Caucasus Standard Time=Asia/Yerevan
Afghanistan Standard Time=Asia/Kabul
West Asia Standard Time=Asia/Tashkent
Qyzylorda Standard Time=Asia/Qyzylorda
Ekaterinburg Standard Time=Asia/Yekaterinburg
Pakistan Standard Time=Asia/Karachi
India Standard Time=Asia/Calcutta,Asia/Kolkata
Sri Lanka Standard Time=Asia/Colombo
Nepal Standard Time=Asia/Katmandu,Asia/Kathmandu
Central Asia Standard Time=Asia/Bishkek
Bangladesh Standard Time=Asia/Dhaka
Omsk Standard Time=Asia/Omsk
Myanmar Standard Time=Asia/Rangoon,Asia/Yangon
SE Asia Standard Time=Asia/Bangkok,Asia/Jakarta,Asia/Ho_Chi_Minh
Altai Standard Time=Asia/Barnaul
W. Mongolia Standard Time=Asia/Hovd
North Asia Standard Time=Asia/Krasnoyarsk
N. Central Asia Standard Time=Asia/Novosibirsk
Tomsk Standard Time=Asia/Tomsk
China Standard Time=Asia/Shanghai,Asia/Hong_Kong
North Asia East Standard Time=Asia/Irkutsk
Singapore Standard Time=Asia/Singapore,Asia/Kuala_Lumpur,Asia/Manila
W. Australia Standard Time=Australia/Perth
Taipei Standard Time=Asia/Taipei
Ulaanbaatar Standard Time=Asia/Ulaanbaatar
North Korea Standard Time=Asia/Pyongyang
Aus Central W. Standard Time=Australia/Eucla
Transbaikal Standard Time=Asia/Chita
Tokyo Standard Time=Asia/Tokyo
Korea Standard Time=Asia/Seoul
Yakutsk Standard Time=Asia/Yakutsk
Cen. Australia Standard Time=Australia/Adelaide
AUS Central Standard Time=Australia/Darwin
E. Australia Standard Time=Australia/Brisbane
AUS Eastern Standard Time=Australia/Sydney,Australia/Melbourne,Australia/Canberra
West Pacific Standard Time=Pacific/Port_Moresby
Tasmania Standard Time=Australia/Hobart
Vladivostok Standard Time=Asia/Vladivostok
Lord Howe Standard Time=Australia/Lord_Howe
Bougainville Standard Time=Pacific/Bougainville
Russia Time Zone 10=Asia/Srednekolymsk
Magadan Standard Time=Asia/Magadan
Norfolk Standard Time=Pacific/Norfolk
Sakhalin Standard Time=Asia/Sakhalin
Central Pacific Standard Time=Pacific/Guadalcanal
Russia Time Zone 11=Asia/Kamchatka
New Zealand Standard Time=Pacific/Auckland
UTC+12=Etc/GMT-12
Fiji Standard Time=Pacific/Fiji
Chatham Islands Standard Time=Pacific/Chatham
UTC+13=Etc/GMT-13
Tonga Standard Time=Pacific/Tongatapu
Samoa Standard Time=Pacific/Apia
Line Islands Standard Time=Pacific/Kiritimati
"""

_ROWS = [line.partition("=") for line in _IANA.strip().splitlines()]
WINDOWS: frozenset[str] = frozenset(windows for windows, _, _ in _ROWS)
"""The names that Azure takes."""
BY_IANA: dict[str, str] = {city.lower(): windows for windows, _, cities in _ROWS for city in cities.split(",")}
"""The Windows name for an IANA name in lower case."""


def near_zone(text: str) -> str | None:
    """Give the Windows name that was probably meant."""
    import difflib

    if text.lower() in BY_IANA:
        return BY_IANA[text.lower()]
    by_small = {name.lower(): name for name in WINDOWS}
    near = difflib.get_close_matches(text.lower(), by_small, 1, 0.75)
    return by_small[near[0]] if near else None
