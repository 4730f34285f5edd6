#include "inspect_report.h"

#include "tensor_groups.h"
#include "terminal_text.h"
#include "text_table.h"

#include "engine/base/byte_text.h"
#include "engine/base/number_text.h"

#include <array>
#include <cstdio>

namespace inferlab::cli {

namespace {

// Values are cut so that a line of key and value fits a terminal of 100 columns or little more.
constexpr size_t kValueBytes = 64;
constexpr size_t kElementBytes = 24;
constexpr size_t kFirstElements = 4;

std::string number(double value)
{
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

std::string quoted(const std::string &text, size_t maximumBytes)
{
    return "\"" + terminalSafe(text, maximumBytes) + "\"";
}

std::string elementText(int64_t value)
{
    return std::to_string(value);
}
std::string elementText(uint64_t value)
{
    return std::to_string(value);
}
std::string elementText(double value)
{
    return number(value);
}
std::string elementText(bool value)
{
    return value ? "true" : "false";
}
std::string elementText(const std::string &value)
{
    return quoted(value, kElementBytes);
}

template <typename Element>
std::string arrayText(const std::vector<Element> &elements)
{
    std::string text;
    for (size_t i = 0; i < elements.size() && i < kFirstElements; ++i)
        text += (i == 0 ? "" : ", ") + elementText(static_cast<Element>(elements[i]));
    if (elements.size() <= kFirstElements)
        return "[" + text + "]";
    return "[" + text + ", ...] " + groupedText(elements.size()) + " in all";
}

std::string valueText(const MetadataValue &value)
{
    if (const auto *array = std::get_if<MetadataArray>(&value))
        return std::visit([](const auto &elements) { return arrayText(elements); }, *array);
    if (const auto *text = std::get_if<std::string>(&value)) {
        const std::string shown = terminalSafe(*text, kValueBytes);
        const bool cut = shown.size() > text->size() || shown.ends_with("...");
        return cut ? shown + " (" + byteText(text->size()) + ")" : shown;
    }
    if (const auto *flag = std::get_if<bool>(&value))
        return elementText(*flag);
    if (const auto *real = std::get_if<double>(&value))
        return number(*real);
    if (const auto *integer = std::get_if<int64_t>(&value))
        return std::to_string(*integer);
    return std::to_string(std::get<uint64_t>(value));
}

std::string shapeText(const std::vector<int64_t> &shape)
{
    std::string text;
    for (const int64_t extent : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text.empty() ? "scalar" : text;
}

std::string percent(uint64_t part, uint64_t whole)
{
    std::array<char, 16> text {};
    std::snprintf(text.data(), text.size(), "%.1f%%",
                  whole == 0 ? 0.0
                             : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
    return text.data();
}

std::string architectureText(const ModelFileSummary &summary)
{
    std::string name = summary.architecture.empty()
        ? "not stated"
        : terminalSafe(summary.architecture, kValueBytes);
    if (!summary.config)
        return name;
    const ModelConfig &c = *summary.config;
    const std::string kv =
        c.kvHeads == c.heads ? "" : " (" + std::to_string(c.kvHeads) + " for keys and values)";
    return name + ", " + std::to_string(c.layers) + " layers of width "
        + groupedText(static_cast<uint64_t>(c.embedding)) + ", " + std::to_string(c.heads)
        + " heads" + kv + " of " + std::to_string(c.headDim) + ", inner width "
        + groupedText(static_cast<uint64_t>(c.feedForward));
}

std::string tokenizerText(const TokenizerSummary &tokenizer)
{
    if (!tokenizer.description.empty())
        return terminalSafe(tokenizer.description, 2 * kValueBytes);
    if (tokenizer.model.empty())
        return "none";
    std::string text = terminalSafe(tokenizer.model, kElementBytes);
    if (!tokenizer.preTokenizer.empty())
        text += ", pre-tokeniser " + terminalSafe(tokenizer.preTokenizer, kElementBytes);
    return text + ", " + groupedText(tokenizer.tokens) + " tokens";
}

std::string specialsText(const TokenizerSummary &tokenizer)
{
    std::string text;
    for (const auto &[role, token] : tokenizer.specialTokens)
        text += (text.empty() ? "" : ", ") + role + " " + terminalSafe(token, kElementBytes);
    return text.empty() ? "none" : text;
}

std::string overview(const GgufFile &file, const ModelFileSummary &summary)
{
    TextTable table({Align::Left, Align::Left});
    table.addRow(
        {"File",
         terminalSafe(file.path().filename().string()) + ", " + byteText(file.fileBytes())});
    table.addRow({"Format",
                  "GGUF version " + std::to_string(file.version()) + ", "
                      + groupedText(file.tensors().size()) + " tensors, "
                      + groupedText(file.metadata().size()) + " keys"});
    table.addRow({"Runs here", summary.runnable() ? "yes" : "no: " + terminalSafe(summary.reason)});
    table.addRow({"Architecture", architectureText(summary)});
    const bool tied = summary.config && summary.config->tiedOutput;
    table.addRow(
        {"Parameters",
         groupedText(summary.parameters) + (tied ? ", output tied to the embedding" : "")});
    table.addRow({"Tokenizer", tokenizerText(summary.tokenizer)});
    table.addRow({"Special", specialsText(summary.tokenizer)});
    table.addRow({"Template",
                  summary.tokenizer.chatTemplateBytes == 0 ? "none"
                                                           : "chat template of "
                          + groupedText(summary.tokenizer.chatTemplateBytes) + " bytes"});
    if (summary.config)
        table.addRow({"Context",
                      groupedText(static_cast<uint64_t>(summary.config->contextTokens))
                          + " tokens in training"});
    return table.text();
}

std::string memoryText(const MemoryAtContext &memory, const ModelConfig &config)
{
    std::string heading = "\nMemory at " + groupedText(memory.contextTokens) + " tokens of context";
    if (memory.contextTokens > static_cast<uint64_t>(config.contextTokens))
        heading += " (more than the model was trained for)";
    TextTable table({Align::Left, Align::Right, Align::Left});
    table.addRow({"Weights", byteText(memory.weightBytes), "as in the file"});
    table.addRow({"KV cache", byteText(memory.kvBytes()),
                  "F16, " + byteText(memory.kvBytesPerToken) + " for each token"});
    table.addRow({"Together", byteText(memory.totalBytes()), "for one sequence"});
    return heading + "\n" + table.text();
}

std::string typesText(const ModelFileSummary &summary)
{
    TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
    table.addRow({"type", "tensors", "parameters", "bytes", "share"});
    for (const TypeShare &share : summary.types)
        table.addRow({std::string(dtypeInfo(share.type).name), groupedText(share.tensors),
                      groupedText(share.elements), byteText(share.bytes),
                      percent(share.bytes, summary.weightBytes)});
    table.addRow({"all", groupedText([&] {
                      uint64_t tensors = 0;
                      for (const TypeShare &share : summary.types)
                          tensors += share.tensors;
                      return tensors;
                  }()),
                  groupedText(summary.parameters), byteText(summary.weightBytes), ""});
    return "\nWeights by type\n" + table.text();
}

std::string tensorsText(const GgufFile &file)
{
    TextTable table({Align::Left, Align::Left, Align::Left, Align::Right, Align::Left});
    table.addRow({"name", "type", "shape", "bytes", "layers"});
    for (const TensorGroup &group : groupTensors(file.tensors()))
        table.addRow({terminalSafe(group.name), std::string(dtypeInfo(group.type).name),
                      shapeText(group.shape), byteText(group.bytes), layerRanges(group.layers)});
    return "\nTensors (rows x columns; those of all layers together)\n" + table.text();
}

std::string metadataText(const GgufFile &file)
{
    TextTable table({Align::Left, Align::Left});
    for (const auto &[key, value] : file.metadata())
        table.addRow({terminalSafe(key), valueText(value)});
    return "\nMetadata\n" + table.text();
}

} // namespace

std::string inspectText(const GgufFile &file, const ModelFileSummary &summary,
                        const std::optional<MemoryAtContext> &memory)
{
    std::string text = terminalSafe(summary.name, 2 * kValueBytes) + "\n" + overview(file, summary);
    if (memory && summary.config)
        text += memoryText(*memory, *summary.config);
    text += typesText(summary);
    text += tensorsText(file);
    text += metadataText(file);
    return text;
}

} // namespace inferlab::cli
