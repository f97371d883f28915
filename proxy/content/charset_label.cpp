#include "proxy/content/charset_label.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace gatehouse::content {
namespace {

struct Encoding {
    std::string_view converter;
    std::string_view labels; // a blank before and behind each
};

/// Of the first, the last line are those that a browser shows nothing of, or bytes above ASCII as signs without a meaning.
constexpr std::array<Encoding, 37> encodings{{
    {"utf-8",
        " utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8"
        " csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement x-user-defined "},
    {"windows-1252",
        " windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 iso-ir-100 latin1 l1"
        " csisolatin1 ascii us-ascii ansi_x3.4-1968 cp819 ibm819 "},
    {"utf-16le", " utf-16le utf-16 ucs-2 unicode csunicode iso-10646-ucs-2 unicodefeff "},
    {"utf-16be", " utf-16be unicodefffe "},
    {"ibm-866", " ibm866 866 cp866 csibm866 "},
    {"iso-8859-2", " iso-8859-2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 iso-ir-101 latin2 l2 csisolatin2 "},
    {"iso-8859-3", " iso-8859-3 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 iso-ir-109 latin3 l3 csisolatin3 "},
    {"iso-8859-4", " iso-8859-4 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 iso-ir-110 latin4 l4 csisolatin4 "},
    {"iso-8859-5", " iso-8859-5 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 iso-ir-144 cyrillic csisolatincyrillic "},
    {"iso-8859-6",
        " iso-8859-6 iso-8859-6-e iso-8859-6-i iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 iso-ir-127 arabic"
        " csisolatinarabic csiso88596e csiso88596i asmo-708 ecma-114 "},
    {"iso-8859-7",
        " iso-8859-7 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 iso-ir-126 greek greek8 csisolatingreek ecma-118"
        " elot_928 sun_eu_greek "},
    {"iso-8859-8",
        " iso-8859-8 iso-8859-8-e iso-8859-8-i iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 iso-ir-138 hebrew visual"
        " logical csisolatinhebrew csiso88598e csiso88598i "},
    {"iso-8859-10", " iso-8859-10 iso8859-10 iso885910 iso-ir-157 latin6 l6 csisolatin6 "},
    {"iso-8859-13", " iso-8859-13 iso8859-13 iso885913 "},
    {"iso-8859-14", " iso-8859-14 iso8859-14 iso885914 "},
    {"iso-8859-15", " iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 csisolatin9 "},
    {"iso-8859-16", " iso-8859-16 "},
    {"koi8-r", " koi8-r koi8_r koi8 koi cskoi8r "},
    {"koi8-u", " koi8-u koi8-ru "},
    {"macintosh", " macintosh mac x-mac-roman csmacintosh "},
    {"x-mac-cyrillic", " x-mac-cyrillic x-mac-ukrainian "},
    {"windows-874", " windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "},
    {"windows-1250", " windows-1250 cp1250 x-cp1250 "},
    {"windows-1251", " windows-1251 cp1251 x-cp1251 "},
    {"windows-1253", " windows-1253 cp1253 x-cp1253 "},
    {"windows-1254",
        " windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 iso-ir-148 latin5 l5"
        " csisolatin5 "},
    {"windows-1255", " windows-1255 cp1255 x-cp1255 "},
    {"windows-1256", " windows-1256 cp1256 x-cp1256 "},
    {"windows-1257", " windows-1257 cp1257 x-cp1257 "},
    {"windows-1258", " windows-1258 cp1258 x-cp1258 "},
    {"gbk", " gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58 "},
    {"gb18030", " gb18030 "},
    {"big5-hkscs", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    {"euc-jp", " euc-jp x-euc-jp cseucpkdfmtjapanese "},
    {"iso-2022-jp", " iso-2022-jp csiso2022jp "},
    {"shift_jis", " shift_jis shift-jis sjis x-sjis csshiftjis ms932 ms_kanji windows-31j "},
    {"windows-949",
        " euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "},
}};

constexpr std::size_t longest_label = 20;

} // namespace

std::string_view converter_of(std::string_view label)
{
    constexpr std::string_view spaces = " \t\r\n\f";
    label.remove_prefix(std::min(label.find_first_not_of(spaces), label.size()));
    label = label.substr(0, label.find_last_not_of(spaces) + 1);
    if (label.empty() || label.size() > longest_label || label.find(' ') != label.npos)
        return {};
    std::string wanted = " ";
    for (auto const c : label)
        wanted += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    wanted += ' ';
    auto const found = std::find_if(encodings.begin(), encodings.end(),
        [&](Encoding const& encoding) { return encoding.labels.find(wanted) != encoding.labels.npos; });
    return found == encodings.end() ? std::string_view{} : found->converter;
}

} // namespace gatehouse::content
