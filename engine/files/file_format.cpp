#include "file_format.h"

#include "engine/base/mapped_file.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace inferlab {

namespace {

std::string_view firstBytes(std::span<const std::byte> bytes, size_t count)
{
    return {reinterpret_cast<const char *>(bytes.data()), std::min(count, bytes.size())};
}

// u64 header length, then JSON: "{" and usually a quote.
bool looksLikeSafetensors(std::span<const std::byte> bytes)
{
    if (bytes.size() < 10 || bytes[8] != std::byte {'{'})
        return false;
    uint64_t length = 0;
    for (size_t i = 0; i < 8; ++i)
        length |= std::to_integer<uint64_t>(bytes[i]) << (8 * i);
    return length >= 2 && length <= bytes.size() - 8;
}

// A protobuf ModelProto that begins with field 1, ir_version, a small varint, and goes on with a
// string field (producer_name 2, producer_version 3, domain 4), opset_import 8 or the graph 7.
bool looksLikeOnnx(std::string_view head)
{
    return head.size() >= 4 && head[0] == 0x08 && head[1] >= 1 && head[1] <= 32
        && (head[2] == 0x12 || head[2] == 0x1a || head[2] == 0x22 || head[2] == 0x3a
            || head[2] == 0x42);
}

// A ModelProto of SentencePiece begins with its first piece: field 1, then the piece's text field.
bool looksLikeSentencePiece(std::string_view head)
{
    return head.size() >= 4 && head[0] == 0x0a && head[2] == 0x0a;
}

} // namespace

FileFormat detectFormat(std::span<const std::byte> fileBytes)
{
    const std::string_view head = firstBytes(fileBytes, 64);
    if (head.starts_with("GGUF"))
        return FileFormat::Gguf;
    for (const std::string_view magic : {"lmgg", "fmgg", "tjgg", "algg"}) {
        if (head.starts_with(magic))
            return FileFormat::GgmlLegacy;
    }
    if (head.starts_with("ftrt"))
        return FileFormat::TensorRtPlan;
    if (head.starts_with("version https://git-lfs"))
        return FileFormat::GitLfsPointer;
    if (head.starts_with("PK\x03\x04") || head.starts_with("\x80\x02"))
        return FileFormat::PyTorch;
    if (looksLikeSafetensors(fileBytes))
        return FileFormat::Safetensors;
    if (looksLikeOnnx(head))
        return FileFormat::Onnx;
    if (looksLikeSentencePiece(head))
        return FileFormat::SentencePiece;
    const size_t start = head.find_first_not_of(" \t\r\n");
    if (start != std::string_view::npos && head[start] == '{')
        return FileFormat::Json;
    if (start != std::string_view::npos && head[start] == '<')
        return FileFormat::Html;
    return FileFormat::Unknown;
}

FileFormat detectFormat(const std::filesystem::path &path)
{
    std::error_code error; // a path that cannot be looked at is told by the mapping below
    if (std::filesystem::is_directory(path, error))
        return std::filesystem::exists(path / "config.json", error) ? FileFormat::HuggingFaceFolder
                                                                    : FileFormat::Folder;
    return detectFormat(MappedFile(path).bytes());
}

std::string describeFormat(FileFormat format)
{
    switch (format) {
    case FileFormat::Gguf:
        return "a GGUF model";
    case FileFormat::GgmlLegacy:
        return "a GGML file from before GGUF (convert it with llama.cpp)";
    case FileFormat::Safetensors:
        return "a Safetensors file";
    case FileFormat::Onnx:
        return "an ONNX model";
    case FileFormat::TensorRtPlan:
        return "a TensorRT plan";
    case FileFormat::PyTorch:
        return "a PyTorch checkpoint or zip archive";
    case FileFormat::Json:
        return "a JSON file";
    case FileFormat::SentencePiece:
        return "a SentencePiece model";
    case FileFormat::Html:
        return "a web page (a download that went wrong?)";
    case FileFormat::GitLfsPointer:
        return "a Git LFS pointer (the model itself was not downloaded; run \"git lfs pull\")";
    case FileFormat::HuggingFaceFolder:
        return "a Hugging Face model folder";
    case FileFormat::Folder:
        return "a folder without a model";
    case FileFormat::Unknown:
        break;
    }
    return "bytes of no format that this program knows";
}

} // namespace inferlab
