// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/yamltree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

constexpr size_t deepest = 16;
constexpr int mostNodes = 100'000;
/// Without it yaml-cpp takes a quote that is never closed for a text that reaches to the last line
/// break, and everything below it would be lost without a word.
constexpr std::string_view endMark = "# mayday: end of file";

YamlPlace placeOf(const YAML::Mark &mark)
{
    return mark.is_null() ? YamlPlace{}
                          : YamlPlace{.line = mark.line + 1, .column = mark.column + 1};
}

struct Rejected final : std::exception {
    explicit Rejected(YamlProblem what) : problem(std::move(what)) {}
    YamlProblem problem;
};

/// Builds the tree from yaml-cpp's events: no node of theirs, no alias ever expanded.
class TreeBuilder final : public YAML::EventHandler {
public:
    [[nodiscard]] YamlNode takeRoot() { return std::move(m_root); }
    /// Of the newest value: where to look when the rest makes no sense.
    [[nodiscard]] YamlPlace last() const { return m_last; }

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t) override
    {
        add({.kind = YamlNode::Kind::Null,
             .place = placeOf(mark),
             .scalar = {},
             .items = {},
             .entries = {}});
    }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override
    {
        throw Rejected({.text = u"aliases (*name) are not supported; write the value out"_s,
                        .place = placeOf(mark)});
    }
    void OnScalar(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                  const std::string &value) override
    {
        add({.kind = YamlNode::Kind::Scalar,
             .place = placeOf(mark),
             .scalar = QString::fromStdString(value),
             .items = {},
             .entries = {}});
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
        open(YamlNode::Kind::List, mark);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
        open(YamlNode::Kind::Map, mark);
    }
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        YamlNode node;
        std::optional<YamlNode> key; ///< read, its value not yet
    };

    void open(YamlNode::Kind kind, const YAML::Mark &mark)
    {
        if (m_frames.size() >= deepest)
            throw Rejected({.text = u"nested too deeply"_s, .place = placeOf(mark)});
        Frame frame;
        frame.node.kind = kind;
        frame.node.place = placeOf(mark);
        m_frames.push_back(std::move(frame));
    }

    void close()
    {
        YamlNode node = std::move(m_frames.back().node);
        m_frames.pop_back();
        add(std::move(node));
    }

    void add(YamlNode node)
    {
        m_last = node.place;
        if (++m_count > mostNodes)
            throw Rejected({.text = u"too many values"_s, .place = node.place});
        if (m_frames.empty()) {
            m_root = std::move(node);
            return;
        }
        Frame &frame = m_frames.back();
        if (frame.node.kind == YamlNode::Kind::List)
            frame.node.items.append(std::move(node));
        else if (!frame.key)
            takeKey(frame, std::move(node));
        else
            takeValue(frame, std::move(node));
    }

    static void takeKey(Frame &frame, YamlNode key)
    {
        if (key.kind != YamlNode::Kind::Scalar)
            throw Rejected({.text = u"a key must be a plain word"_s, .place = key.place});
        frame.key = std::move(key);
    }

    static void takeValue(Frame &frame, YamlNode value)
    {
        frame.node.entries.append(
            {.key = frame.key->scalar, .place = frame.key->place, .value = std::move(value)});
        frame.key.reset();
    }

    YamlNode m_root;
    YamlPlace m_last;
    std::vector<Frame> m_frames;
    int m_count = 0;
};

/// Reads a QByteArray in place.
class ByteBuffer final : public std::streambuf {
public:
    explicit ByteBuffer(QByteArray bytes) : m_bytes(std::move(bytes))
    {
        char *begin = m_bytes.data();
        setg(begin, begin, begin + m_bytes.size());
    }

private:
    QByteArray m_bytes;
};

} // namespace

std::expected<YamlNode, YamlProblem> parseYaml(const QByteArray &text)
{
    ByteBuffer buffer(text + '\n' + QByteArrayView(endMark).toByteArray());
    std::istream stream(&buffer);
    TreeBuilder builder;
    try {
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder))
            return YamlNode{};
        TreeBuilder second;
        if (parser.HandleNextDocument(second)) {
            const YamlNode extra = second.takeRoot();
            return std::unexpected(YamlProblem{.text = u"a second document begins after \"---\""_s,
                                               .place = extra.place});
        }
        return builder.takeRoot();
    } catch (const Rejected &rejected) {
        return std::unexpected(rejected.problem);
    } catch (const YAML::Exception &thrown) {
        if (thrown.msg == YAML::ErrorMsg::EOF_IN_SCALAR)
            return std::unexpected(YamlProblem{
                .text = u"a quote is opened here, or a little below, and never closed"_s,
                .place = builder.last()});
        return std::unexpected(
            YamlProblem{.text = QString::fromStdString(thrown.msg), .place = placeOf(thrown.mark)});
    }
}

} // namespace mayday::stack
