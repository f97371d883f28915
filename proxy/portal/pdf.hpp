#pragma once
// A page as a PDF to hand out: its headings, sentences, tables and summaries (what its parts say of themselves, page_data.hpp) on A4, with the structure that
// screen readers go by. Pango sets the text, Cairo draws it.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal {

struct PdfFrame {
    std::string title;  ///< of the document
    std::string footer; ///< at the end of each page, before its number
};

/// The file's bytes. Forms, links and tasks are left out: nobody clicks on paper. Takes some ten milliseconds; not for a worker.
std::string pdf_of(Page const& page, PdfFrame const& frame, Language language);

} // namespace gatehouse::portal
