#include "model_summary.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

#include <algorithm>

namespace inferlab {

namespace {

// An error about the file that is being described, without the file's name.
std::string withoutSource(const InputError &error)
{
    const std::string line = error.what();
    const std::string prefix = error.source() + ": ";
    return line.starts_with(prefix) ? line.substr(prefix.size()) : line;
}

template <typename T>
const T *valueOf(const GgufFile &file, std::string_view key)
{
    const MetadataValue *value = file.findMetadata(key);
    return value == nullptr ? nullptr : std::get_if<T>(value);
}

template <typename T>
const std::vector<T> *arrayOf(const GgufFile &file, std::string_view key)
{
    const auto *array = valueOf<MetadataArray>(file, key);
    return array == nullptr ? nullptr : std::get_if<std::vector<T>>(array);
}

std::string textOf(const GgufFile &file, std::string_view key)
{
    const auto *text = valueOf<std::string>(file, key);
    return text == nullptr ? std::string() : *text;
}

std::vector<TypeShare> sharesOf(const GgufFile &file)
{
    std::vector<TypeShare> shares;
    for (const TensorEntry &tensor : file.tensors()) {
        auto share = std::find_if(shares.begin(), shares.end(),
                                  [&](const TypeShare &s) { return s.type == tensor.dtype; });
        if (share == shares.end())
            share = shares.insert(share, TypeShare {tensor.dtype});
        share->tensors += 1;
        share->elements += static_cast<uint64_t>(tensor.elements());
        share->bytes += tensor.bytes;
    }
    std::stable_sort(shares.begin(), shares.end(),
                     [](const TypeShare &a, const TypeShare &b) { return a.bytes > b.bytes; });
    return shares;
}

std::vector<std::pair<std::string, std::string>> specialTokensOf(const GgufFile &file)
{
    std::vector<std::pair<std::string, std::string>> found;
    const auto *tokens = arrayOf<std::string>(file, "tokenizer.ggml.tokens");
    for (const char *role : {"bos", "eos", "eot", "unknown", "padding"}) {
        const std::string key = "tokenizer.ggml." + std::string(role) + "_token_id";
        const auto *id = valueOf<uint64_t>(file, key);
        if (id == nullptr)
            continue;
        const bool known = tokens != nullptr && *id < tokens->size();
        found.emplace_back(
            role, known ? (*tokens)[static_cast<size_t>(*id)] : "id " + std::to_string(*id));
    }
    return found;
}

TokenizerSummary tokenizerOf(const GgufFile &file)
{
    TokenizerSummary summary;
    summary.model = textOf(file, "tokenizer.ggml.model");
    summary.preTokenizer = textOf(file, "tokenizer.ggml.pre");
    if (const auto *tokens = arrayOf<std::string>(file, "tokenizer.ggml.tokens"))
        summary.tokens = tokens->size();
    if (const auto *merges = arrayOf<std::string>(file, "tokenizer.ggml.merges"))
        summary.merges = merges->size();
    constexpr int64_t kControl = 3; // of tokenizer.ggml.token_type
    if (const auto *types = arrayOf<int64_t>(file, "tokenizer.ggml.token_type"))
        summary.controlTokens =
            static_cast<uint64_t>(std::count(types->begin(), types->end(), kControl));
    summary.specialTokens = specialTokensOf(file);
    summary.chatTemplateBytes = textOf(file, "tokenizer.chat_template").size();
    return summary;
}

} // namespace

std::string ModelFileSummary::quantisation() const
{
    return types.empty() ? std::string() : std::string(dtypeInfo(types.front().type).name);
}

ModelFileSummary summarizeModel(const GgufFile &file)
{
    ModelFileSummary summary;
    summary.name = textOf(file, "general.name");
    if (summary.name.empty())
        summary.name = file.path().stem().string();
    summary.architecture = textOf(file, "general.architecture");
    summary.types = sharesOf(file);
    for (const TypeShare &share : summary.types) {
        summary.parameters += share.elements;
        summary.weightBytes += share.bytes;
    }
    summary.tokenizer = tokenizerOf(file);
    try {
        summary.config = readModelConfig(file);
        summary.tokenizer.description = makeTokenizer(file)->description();
        if (const auto source = file.optionalString("tokenizer.chat_template"))
            ChatTemplate(*source, {}, {}, "tokenizer.chat_template");
    } catch (const InputError &error) {
        summary.reason = withoutSource(error);
    }
    return summary;
}

} // namespace inferlab
