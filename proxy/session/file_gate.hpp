#pragma once
// Between a fetched file and the client, where the policy has entries of [[file]] or a virus check is set up: tells what the file is before its
// first byte goes on, counts its bytes, and keeps its end back until the virus check has seen all of it.

#include "proxy/content/body_decoder.hpp"
#include "proxy/files/file_type.hpp"
#include "proxy/files/virus_scan.hpp"
#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// How long a file's beginning is waited for before it is judged by what has come.
inline constexpr std::chrono::milliseconds longest_look{300};
/// A file that is checked for viruses and not larger is kept back whole, so that a page can be shown in its place; of a larger one, the last bytes, and
/// so where the client has `most_files_kept` of them already.
inline constexpr std::size_t most_kept_whole = 256 * 1024;
inline constexpr std::size_t kept_of_larger = 16 * 1024;

class FileGate {
public:
    /// Of the request and of its answer, as they will be sent on.
    struct Heads {
        http1::RequestHead const& request;
        http1::ResponseHead const& response;
    };

    /// Nothing if nobody wants to know what this answer brings, or if it brings nothing.
    static std::unique_ptr<FileGate> make(Session& session, Outcome const& outcome, Heads const& heads);

    FileGate(Session& session, Outcome const& outcome, Heads const& heads, policy::FilePlan const& plan);
    ~FileGate();
    FileGate(FileGate const&) = delete;
    FileGate& operator=(FileGate const&) = delete;

    /// Body bytes, as they will be sent.
    void add(std::string_view body);
    /// Asked before anything is sent; asks whoever has to be asked. False: the file is closed; `outcome` then says by what.
    net::task<bool> is_fit(Outcome& outcome, bool complete);
    /// True as long as it is not known what the file is: nothing of the answer is sent.
    bool looks() const { return looking_; }
    /// True as long as more of its beginning is waited for, by `time_left`; then only by what an answer has anyway.
    bool waits() const { return looking_ && patient_; }
    /// How many of the bytes that wait may be sent.
    std::size_t releasable(std::size_t waiting);
    std::chrono::milliseconds time_left() const;
    /// Time is up: it is judged by what has come.
    void let_go() { patient_ = false; }

private:
    void read_names(Heads const& heads);
    bool judge(Outcome& outcome);
    bool judge_kinds(Outcome& outcome);
    bool has_enough(bool complete) const;
    bool is_no_file() const;
    std::optional<files::FileKind> kind_without_asking() const;
    net::task<> find_kind(Outcome& outcome);
    bool wants_scan() const;
    bool keeps_whole(std::size_t waiting);
    void give_place_back();
    net::task<bool> check(Outcome& outcome, bool complete);
    void stop_reading();
    bool end_scan(Outcome& outcome, std::string_view failure);
    bool fail(Outcome& outcome, std::string_view failure) const;

    Session& session_;
    policy::FilePlan plan_;
    policy::FileFacts facts_;
    bool knows_size_;         ///< it was said, and is not counted
    bool looking_;            ///< its kind has to be known
    bool unreadable_ = false; ///< its coding is not known or broken
    bool patient_ = true;
    bool released_ = false;                         ///< its beginning is on its way
    bool has_place_ = false;                        ///< among those that are kept back whole
    bool reads_;                                    ///< its bytes are kept, to be looked at or checked
    bool attached_ = false;                         ///< the origin, or the page that leads to it, wants it kept as a file
    files::Saved saved_ = files::Saved::no;         ///< a browser keeps it as one
    bool partial_;                                  ///< its beginning is not in this answer
    std::string type_;                              ///< as the origin says
    files::FileKinds named_;                        ///< what the names that the origin gives it stand for
    std::unique_ptr<content::BodyDecoder> decoder_; ///< null without a coding
    std::string decoded_;     ///< since the beginning while it is looked at, then since the last piece was handed on
    std::size_t coded_ = 0;   ///< bytes of the body so far
    std::size_t scanned_ = 0; ///< decoded bytes handed to the check
    std::unique_ptr<files::VirusScan> scan_; ///< while the check goes on
    policy::IpAddress client_;               ///< whose place among those that are kept whole it takes
    std::chrono::milliseconds began_;
};

} // namespace gatehouse::session
