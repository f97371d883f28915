#include "proxy/portal/pdf.hpp"

#include <algorithm>
#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>

namespace gatehouse::portal {

namespace {

namespace json = boost::json;

constexpr double page_width = 595, page_height = 842; // A4 in points
constexpr double margin = 50, text_width = page_width - 2 * margin, text_end = page_height - 70;
constexpr double cell_gap = 8, line_gap = 4;

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* pointer) const
    {
        Free(pointer);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Release<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Release<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;

cairo_status_t take_bytes(void* into, unsigned char const* bytes, unsigned size)
{
    static_cast<std::string*>(into)->append(reinterpret_cast<char const*>(bytes), size);
    return CAIRO_STATUS_SUCCESS;
}

std::string text_in(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? shown_text(value->get_string(), 4000) : std::string{};
}

json::array const& array_in(json::object const& object, std::string_view name)
{
    static json::array const nothing;
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_array() ? value->get_array() : nothing;
}

/// A place in the structure of the document ("H1", "P", "TD"; PDF 1.7 §14.8.4) for as long as it lives.
class Tag {
public:
    Tag(cairo_t* at, char const* name)
        : at_(at)
        , name_(name)
    {
        cairo_tag_begin(at_, name_, nullptr);
    }
    Tag(Tag const&) = delete;
    Tag& operator=(Tag const&) = delete;
    ~Tag() { cairo_tag_end(at_, name_); }

private:
    cairo_t* at_;
    char const* name_;
};

/// The paper, written from top to bottom.
class Paper {
public:
    Paper(cairo_t* at, std::string footer)
        : at_(at)
        , footer_(std::move(footer))
    {
    }

    Layout set(std::string const& text, char const* font, double width) const
    {
        Layout layout{pango_cairo_create_layout(at_)};
        pango_cairo_context_set_resolution(pango_layout_get_context(layout.get()), 72); // a unit of the paper is a point
        Font const description{pango_font_description_from_string(font)};
        pango_layout_set_font_description(layout.get(), description.get());
        pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
        return layout;
    }
    static double height_of(PangoLayout* layout)
    {
        int height = 0;
        pango_layout_get_pixel_size(layout, nullptr, &height);
        return height;
    }
    /// True if a new page was begun for it.
    bool make_room(double height)
    {
        if (y_ + height <= text_end || y_ == margin)
            return false;
        end_page();
        return true;
    }
    void draw(PangoLayout* layout, double x) const
    {
        cairo_move_to(at_, x, y_);
        pango_cairo_show_layout(at_, layout);
    }
    void paragraph(std::string const& text, char const* tag, char const* font, double gap)
    {
        if (text.empty())
            return;
        auto const layout = set(text, font, text_width);
        auto const height = height_of(layout.get());
        bool const leads = tag[0] == 'H'; // stays with the lines that follow
        make_room(height + gap + (leads ? 60 : 0));
        y_ += y_ == margin ? 0 : gap;
        Tag const place{at_, tag};
        draw(layout.get(), margin);
        y_ += height + line_gap;
    }
    void rule() const
    {
        cairo_set_source_rgb(at_, 0.7, 0.7, 0.7);
        cairo_set_line_width(at_, 0.5);
        cairo_move_to(at_, margin, y_);
        cairo_line_to(at_, page_width - margin, y_);
        cairo_stroke(at_);
        cairo_set_source_rgb(at_, 0, 0, 0);
    }
    void end_page()
    {
        auto const layout = set(fmt::format("{}   Page {}", footer_, ++pages_), "Sans 9", text_width);
        cairo_move_to(at_, margin, page_height - 50);
        pango_cairo_show_layout(at_, layout.get());
        cairo_show_page(at_);
        y_ = margin;
    }
    void down(double by) { y_ += by; }
    cairo_t* context() const { return at_; }

private:
    cairo_t* at_;
    std::string footer_;
    double y_ = margin;
    unsigned pages_ = 0;
};

using Cells = std::vector<std::string>;

std::size_t longest_word(std::string_view text)
{
    std::size_t longest = 0;
    while (!text.empty()) {
        auto const word = std::min(text.find(' '), text.size());
        longest = std::max(longest, word);
        text.remove_prefix(std::min(word + 1, text.size()));
    }
    return longest;
}

/// Widths by what stands in the columns: no word of a head is broken, and what is left goes to those with long texts.
std::vector<double> widths_of(Cells const& head, std::vector<Cells> const& rows)
{
    constexpr double of_letter = 8; // points, bold
    constexpr std::size_t longest = 40;
    std::vector<double> widths, wishes;
    double all = 0, all_wishes = 0;
    for (std::size_t column = 0; column < head.size(); ++column) {
        auto letters = head[column].size();
        for (auto const& row : rows)
            if (column < row.size())
                letters = std::max(letters, row[column].size());
        widths.push_back(static_cast<double>(std::min(longest, longest_word(head[column]))) * of_letter + cell_gap);
        wishes.push_back(std::max(1.0, static_cast<double>(std::min(longest, letters)) * of_letter - widths.back()));
        all += widths.back();
        all_wishes += wishes.back();
    }
    for (std::size_t column = 0; column < widths.size(); ++column)
        widths[column] = all >= text_width ? widths[column] * text_width / all
                                           : widths[column] + (text_width - all) * wishes[column] / all_wishes;
    return widths;
}

void draw_row(Paper& paper, Cells const& cells, std::vector<double> const& widths, bool is_head)
{
    std::vector<Layout> layouts;
    double height = 0;
    for (std::size_t column = 0; column < widths.size(); ++column) {
        auto const text = column < cells.size() ? cells[column] : std::string{};
        layouts.push_back(paper.set(text, is_head ? "Sans Bold 10" : "Sans 10", widths[column] - cell_gap));
        height = std::max(height, Paper::height_of(layouts.back().get()));
    }
    paper.make_room(height + line_gap);
    Tag const row{paper.context(), "TR"};
    double x = margin;
    for (std::size_t column = 0; column < widths.size(); ++column) {
        Tag const cell{paper.context(), is_head ? "TH" : "TD"};
        paper.draw(layouts[column].get(), x);
        x += widths[column];
    }
    paper.down(height + line_gap / 2);
    paper.rule();
    paper.down(line_gap / 2);
}

void draw_table(Paper& paper, std::string const& caption, Cells const& head, std::vector<Cells> const& rows)
{
    paper.paragraph(caption, "H3", "Sans Bold 13", 14);
    if (rows.empty())
        return paper.paragraph("None.", "P", "Sans 11", 2);
    Tag const table{paper.context(), "Table"};
    auto const widths = widths_of(head, rows);
    draw_row(paper, head, widths, true);
    for (auto const& row : rows)
        draw_row(paper, row, widths, false);
}

Cells texts_of(json::array const& cells)
{
    Cells texts;
    for (auto const& cell : cells)
        texts.push_back(cell.is_object() ? text_in(cell.get_object(), "text")
                : cell.is_string()       ? std::string{cell.get_string()}
                                         : std::string{});
    return texts;
}

void draw_summary(Paper& paper, json::array const& rows)
{
    std::vector<Cells> cells;
    for (auto const& row : rows)
        if (row.is_object())
            cells.push_back({text_in(row.get_object(), "key"), text_in(row.get_object(), "text")});
    Tag const table{paper.context(), "Table"};
    for (auto const& row : cells)
        draw_row(paper, row, {text_width * 0.6, text_width * 0.4}, false);
}

void draw_part(Paper& paper, json::object const& part)
{
    auto const kind = text_in(part, "kind");
    auto const text = text_in(part, "text");
    if (kind == "heading") {
        paper.paragraph(text, "H1", "Sans Bold 22", 0);
        paper.paragraph(text_in(part, "caption"), "P", "Sans 12", 0);
    } else if (kind == "subheading") {
        paper.paragraph(text, "H2", "Sans Bold 16", 18);
    } else if (kind == "paragraph" || kind == "inset" || kind == "warning") {
        paper.paragraph(text, "P", "Sans 11", 6);
    } else if (kind == "summary") {
        draw_summary(paper, array_in(part, "rows"));
    } else if (kind == "table") {
        std::vector<Cells> rows;
        for (auto const& row : array_in(part, "rows"))
            if (row.is_array())
                rows.push_back(texts_of(row.get_array()));
        draw_table(paper, text_in(part, "caption"), texts_of(array_in(part, "head")), rows);
    }
}

} // namespace

std::string pdf_of(Page const& page, PdfFrame const& frame, Language language)
{
    std::string bytes;
    {
        Surface const surface{cairo_pdf_surface_create_for_stream(take_bytes, &bytes, page_width, page_height)};
        cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, frame.title.c_str());
        Context const context{cairo_create(surface.get())};
        Paper paper{context.get(), frame.footer};
        {
            Tag const document{context.get(), "Document"};
            for (auto const& part : page.parts)
                if (auto const data = part.data(language); !data.empty())
                    draw_part(paper, data);
        }
        paper.end_page();
        cairo_surface_finish(surface.get());
    }
    return bytes;
}

} // namespace gatehouse::portal
