// A GGUF model file (versions 2 and 3), memory-mapped and checked whole before anything is used.
// Format: ggml's docs/gguf.md. Little-endian.
#pragma once

#include "engine/base/mapped_file.h"
#include "kernels/api/views.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace inferlab {

// One tensor of a file. shape is outermost first, as Hugging Face writes it: a weight [out, in] is
// {out, in} (GGUF's own `ne` is the reverse). data lies in the mapping and lives as long as the
// file.
struct TensorEntry
{
    std::string name;
    DType dtype = DType::F32;
    std::vector<int64_t> shape;
    const void *data = nullptr;
    size_t bytes = 0;
    uint64_t fileOffset = 0;

    int64_t elements() const noexcept;
    // As a matrix: the innermost dimension is cols, all others together are rows.
    HostTensor matrix() const noexcept;
};

// A metadata value. Integers of all widths arrive as int64 or uint64; arrays keep one element type.
using MetadataArray = std::variant<std::vector<int64_t>, std::vector<uint64_t>, std::vector<double>,
                                   std::vector<bool>, std::vector<std::string>>;
using MetadataValue = std::variant<int64_t, uint64_t, double, bool, std::string, MetadataArray>;

class GgufFile
{
public:
    // Throws InputError naming the file, the place, what was expected and what was found.
    static std::shared_ptr<const GgufFile> open(const std::filesystem::path &path);

    const std::filesystem::path &path() const noexcept { return m_mapping.path(); }
    uint32_t version() const noexcept { return m_version; }
    uint64_t fileBytes() const noexcept { return m_mapping.size(); }
    uint64_t alignment() const noexcept { return m_alignment; }

    // In the file's order.
    const std::vector<std::pair<std::string, MetadataValue>> &metadata() const noexcept
    {
        return m_metadata;
    }
    const std::vector<TensorEntry> &tensors() const noexcept { return m_tensors; }

    const MetadataValue *findMetadata(std::string_view key) const noexcept;
    const TensorEntry *findTensor(std::string_view name) const noexcept;
    // Throws InputError when missing.
    const TensorEntry &tensor(std::string_view name) const;

    // Typed access. optional*: nullopt when missing, InputError when of another type or out of
    // range. require*: InputError when missing as well.
    std::optional<std::string> optionalString(std::string_view key) const;
    std::optional<uint64_t> optionalUnsigned(std::string_view key, uint64_t maximum) const;
    std::optional<double> optionalNumber(std::string_view key) const;
    std::optional<bool> optionalBool(std::string_view key) const;
    std::string requireString(std::string_view key) const;
    uint64_t requireUnsigned(std::string_view key, uint64_t maximum) const;
    double requireNumber(std::string_view key) const;
    // Arrays; null when missing, InputError when of another element type.
    const std::vector<std::string> *optionalStrings(std::string_view key) const;
    std::optional<std::vector<float>> optionalFloats(std::string_view key) const;
    std::optional<std::vector<int32_t>>
    optionalInts(std::string_view key) const; // any integer width, range-checked

    // Tells the system that this tensor's pages are not needed soon (after a copy into a backend).
    void releasePages(const TensorEntry &tensor) const noexcept;

private:
    friend class GgufParser;
    GgufFile() = default;

    MappedFile m_mapping;
    uint32_t m_version = 0;
    uint64_t m_alignment = 32;
    std::vector<std::pair<std::string, MetadataValue>> m_metadata;
    std::unordered_map<std::string_view, size_t> m_metadataIndex; // keys view m_metadata
    std::vector<TensorEntry> m_tensors;
    std::unordered_map<std::string_view, size_t> m_tensorIndex;
};

} // namespace inferlab
