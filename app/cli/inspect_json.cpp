#include "inspect_report.h"

#include <type_traits>

namespace inferlab::cli {

namespace {

// Longer arrays are told by their type, length and beginning.
constexpr size_t kWholeArray = 16;
constexpr size_t kFirstElements = 8;

template <typename Element>
Json elementsJson(const std::vector<Element> &elements)
{
    Json list = Json::array();
    const size_t count = elements.size() <= kWholeArray ? elements.size() : kFirstElements;
    for (size_t i = 0; i < count; ++i)
        list.push_back(static_cast<Element>(elements[i]));
    if (elements.size() <= kWholeArray)
        return list;
    return {{"count", elements.size()}, {"first", std::move(list)}};
}

Json valueJson(const MetadataValue &value)
{
    if (const auto *array = std::get_if<MetadataArray>(&value))
        return std::visit([](const auto &elements) { return elementsJson(elements); }, *array);
    return std::visit(
        [](const auto &plain) -> Json {
            if constexpr (std::is_same_v<std::decay_t<decltype(plain)>, MetadataArray>)
                return nullptr; // handled above
            else
                return plain;
        },
        value);
}

Json configJson(const ModelConfig &config)
{
    return {{"layers", config.layers},
            {"embedding", config.embedding},
            {"feed_forward", config.feedForward},
            {"heads", config.heads},
            {"kv_heads", config.kvHeads},
            {"head_dim", config.headDim},
            {"vocabulary", config.vocabulary},
            {"context_tokens", config.contextTokens},
            {"rms_epsilon", config.rmsEpsilon},
            {"rope_base", config.ropeBase},
            {"rope_dim", config.ropeDim},
            {"rope_scale", config.ropeScale},
            {"rope_factors", config.ropeFactors},
            {"tied_output", config.tiedOutput}};
}

Json tokenizerJson(const TokenizerSummary &tokenizer)
{
    Json special = Json::object();
    for (const auto &[role, text] : tokenizer.specialTokens)
        special[role] = text;
    return {{"model", tokenizer.model},
            {"pre_tokenizer", tokenizer.preTokenizer},
            {"tokens", tokenizer.tokens},
            {"merges", tokenizer.merges},
            {"control_tokens", tokenizer.controlTokens},
            {"special_tokens", std::move(special)},
            {"chat_template", tokenizer.chatTemplateBytes > 0},
            {"description", tokenizer.description}};
}

Json memoryJson(const MemoryAtContext &memory)
{
    return {{"context_tokens", memory.contextTokens},
            {"weight_bytes", memory.weightBytes},
            {"kv_type", "F16"},
            {"kv_bytes_per_token", memory.kvBytesPerToken},
            {"kv_bytes", memory.kvBytes()},
            {"total_bytes", memory.totalBytes()}};
}

Json typesJson(const ModelFileSummary &summary)
{
    Json types = Json::array();
    for (const TypeShare &share : summary.types)
        types.push_back({{"type", dtypeInfo(share.type).name},
                         {"tensors", share.tensors},
                         {"elements", share.elements},
                         {"bytes", share.bytes}});
    return types;
}

Json tensorsJson(const GgufFile &file)
{
    Json tensors = Json::array();
    for (const TensorEntry &tensor : file.tensors())
        tensors.push_back({{"name", tensor.name},
                           {"type", dtypeInfo(tensor.dtype).name},
                           {"shape", tensor.shape},
                           {"elements", tensor.elements()},
                           {"bytes", tensor.bytes},
                           {"offset", tensor.fileOffset}});
    return tensors;
}

} // namespace

Json inspectJson(const GgufFile &file, const ModelFileSummary &summary,
                 const std::optional<MemoryAtContext> &memory)
{
    Json metadata = Json::object();
    for (const auto &[key, value] : file.metadata())
        metadata[key] = valueJson(value);
    return {{"file", file.path().string()},
            {"format", "GGUF"},
            {"version", file.version()},
            {"file_bytes", file.fileBytes()},
            {"alignment", file.alignment()},
            {"name", summary.name},
            {"architecture", summary.architecture},
            {"quantisation", summary.quantisation()},
            {"runnable", summary.runnable()},
            {"reason", summary.reason},
            {"parameters", summary.parameters},
            {"weight_bytes", summary.weightBytes},
            {"types", typesJson(summary)},
            {"config", summary.config ? configJson(*summary.config) : Json(nullptr)},
            {"memory", memory ? memoryJson(*memory) : Json(nullptr)},
            {"tokenizer", tokenizerJson(summary.tokenizer)},
            {"metadata", std::move(metadata)},
            {"tensors", tensorsJson(file)}};
}

} // namespace inferlab::cli
