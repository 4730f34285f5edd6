// Tells a model file's format by its first bytes, for messages; reads nothing else of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace inferlab {

enum class FileFormat {
    Gguf,
    GgmlLegacy, // llama.cpp's formats before GGUF
    Safetensors,
    Onnx,
    TensorRtPlan,
    PyTorch, // a zip archive or a pickle
    Json,
    SentencePiece,
    Html,              // a web page where a model should be: a download that went wrong
    GitLfsPointer,     // the note that stands for a file that Git LFS did not fetch
    HuggingFaceFolder, // a folder with config.json
    Folder,
    Unknown,
};

// Of a file or folder. Throws InputError for what is missing, empty or cannot be read.
FileFormat detectFormat(const std::filesystem::path &path);

// Of a file by its bytes.
FileFormat detectFormat(std::span<const std::byte> fileBytes);

// "a Safetensors file", "an ONNX model", ...
std::string describeFormat(FileFormat format);

} // namespace inferlab
