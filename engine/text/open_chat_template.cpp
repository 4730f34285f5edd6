// Finds a model's chat template in its files.
#include "chat_template.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/files/gguf.h"

namespace inferlab {

namespace {

using std::filesystem::path;

std::string readText(const path &file)
{
    const MappedFile mapped(file);
    const auto bytes = mapped.bytes();
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

// The name of a control token; empty when the model has none.
std::string nameOf(const Tokenizer &tokenizer, int32_t id)
{
    return id < 0 ? std::string() : tokenizer.piece(id);
}

// "<s>" or {"content": "<s>", ...}.
std::string tokenName(const JsonCursor &config, std::string_view key)
{
    const std::optional<JsonCursor> token = config.find(key);
    if (!token || token->isNull())
        return {};
    return token->isObject() ? token->at("content").text() : token->text();
}

// A string, or a list of {"name", "template"} of which "default" is for chats.
std::string defaultTemplate(const JsonCursor &value)
{
    if (!value.isArray())
        return value.text();
    for (size_t i = 0; i < value.size(); ++i) {
        if (value.at(i).at("name").text() == "default")
            return value.at(i).at("template").text();
    }
    value.fail("a template of the name \"default\"", "others");
}

ChatTemplate openFromFolder(const path &folder)
{
    const path configFile = folder / "tokenizer_config.json";
    const std::string source = configFile.string();
    const Json document = parseJson(readText(configFile), source);
    const JsonCursor config(document, source);
    const path templateFile = folder / "chat_template.jinja";
    std::error_code ignored; // a file that cannot be looked at is as good as missing here
    const bool hasOwnFile = std::filesystem::is_regular_file(templateFile, ignored);
    return {hasOwnFile ? readText(templateFile) : defaultTemplate(config.at("chat_template")),
            tokenName(config, "bos_token"), tokenName(config, "eos_token"),
            hasOwnFile ? templateFile.string() : source};
}

} // namespace

ChatTemplate openChatTemplate(const path &place, const Tokenizer &tokenizer)
{
    std::error_code ignored; // the readers say what is wrong with a path
    if (std::filesystem::is_directory(place, ignored))
        return openFromFolder(place);
    const auto file = GgufFile::open(place);
    const auto end = static_cast<int32_t>(
        file->optionalUnsigned("tokenizer.ggml.eos_token_id",
                               static_cast<uint64_t>(tokenizer.vocabularySize()) - 1)
            .value_or(UINT32_MAX));
    return {file->requireString("tokenizer.chat_template"),
            nameOf(tokenizer, tokenizer.beginToken()), nameOf(tokenizer, end), place.string()};
}

} // namespace inferlab
