// Reading what commands on texts are given.
#include "text_arguments.h"

#include "engine/base/mapped_file.h"
#include "engine/text/utf8_stream.h"

namespace inferlab::cli {

std::string readTextFile(const std::string &path)
{
    const MappedFile file(path);
    const auto bytes = file.bytes();
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

std::vector<Json> readJsonLines(const std::string &path)
{
    const std::string text = readTextFile(path);
    std::vector<Json> documents;
    size_t number = 0;
    for (size_t begin = 0; begin < text.size();) {
        ++number;
        const size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos)
            documents.push_back(parseJson(line, path + ", line " + std::to_string(number)));
        begin = end + 1;
    }
    return documents;
}

Json piecesToJson(const Tokenizer &tokenizer, const std::vector<int32_t> &ids)
{
    Json pieces = Json::array();
    for (const int32_t id : ids)
        pieces.push_back(toValidUtf8(tokenizer.piece(id)));
    return pieces;
}

} // namespace inferlab::cli
