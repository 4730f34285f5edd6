#include "gguf.h"

#include "engine/base/error.h"
#include "engine/files/gguf_parser.h"

namespace inferlab {

int64_t TensorEntry::elements() const noexcept
{
    int64_t product = 1;
    for (const int64_t extent : shape)
        product *= extent;
    return product;
}

HostTensor TensorEntry::matrix() const noexcept
{
    const int64_t cols = shape.empty() ? 1 : shape.back();
    return {data, dtype, elements() / cols, cols};
}

std::shared_ptr<const GgufFile> GgufFile::open(const std::filesystem::path &path)
{
    // Not make_shared: the constructor is private.
    const std::shared_ptr<GgufFile> file(new GgufFile);
    file->m_mapping = MappedFile(path);
    GgufParser(*file).parse();
    return file;
}

const MetadataValue *GgufFile::findMetadata(std::string_view key) const noexcept
{
    const auto found = m_metadataIndex.find(key);
    return found == m_metadataIndex.end() ? nullptr : &m_metadata[found->second].second;
}

const TensorEntry *GgufFile::findTensor(std::string_view name) const noexcept
{
    const auto found = m_tensorIndex.find(name);
    return found == m_tensorIndex.end() ? nullptr : &m_tensors[found->second];
}

const TensorEntry &GgufFile::tensor(std::string_view name) const
{
    const TensorEntry *found = findTensor(name);
    if (found == nullptr)
        throw InputError(path().string(), {}, "a tensor \"" + std::string(name) + "\"",
                         "none of that name");
    return *found;
}

void GgufFile::releasePages(const TensorEntry &tensor) const noexcept
{
    m_mapping.releasePages(tensor.fileOffset, tensor.bytes);
}

} // namespace inferlab
