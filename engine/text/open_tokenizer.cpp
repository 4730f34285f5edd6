// Opens whatever holds a tokenizer: looks at the file's first bytes, or for the files that a folder
// may have.
#include "byte_bpe_tokenizer.h"
#include "sentencepiece_tokenizer.h"
#include "tokenizer.h"
#include "tokenizer_json.h"

#include "engine/base/error.h"
#include "engine/base/mapped_file.h"
#include "engine/files/file_format.h"
#include "engine/files/gguf.h"

namespace inferlab {

namespace {

using std::filesystem::path;

std::string_view textOf(const MappedFile &file)
{
    const std::span<const std::byte> bytes = file.bytes();
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

bool isFile(const path &file)
{
    std::error_code ignored; // a file that cannot be looked at is as good as missing here
    return std::filesystem::is_regular_file(file, ignored);
}

// What lies beside a tokenizer in a Hugging Face folder. A tokenizer alone has no such neighbours.
void applyNeighbours(const path &folder, Vocabulary &vocabulary)
{
    if (const path file = folder / "tokenizer_config.json"; isFile(file)) {
        const MappedFile config(file);
        applyTokenizerConfig(textOf(config), file.string(), vocabulary);
    }
    if (const path file = folder / "generation_config.json"; isFile(file)) {
        const MappedFile config(file);
        applyGenerationConfig(textOf(config), file.string(), vocabulary);
    }
}

std::unique_ptr<Tokenizer> openJson(const path &file)
{
    const MappedFile mapped(file);
    TokenizerJson json = readTokenizerJson(textOf(mapped), file.string());
    applyNeighbours(file.parent_path(), json.vocabulary);
    return std::make_unique<ByteBpeTokenizer>(std::move(json.vocabulary), json.options);
}

std::unique_ptr<Tokenizer> openSentencePiece(const path &file)
{
    const MappedFile mapped(file);
    SentencePieceModel model = readSentencePieceModel(textOf(mapped), file.string());
    applyNeighbours(file.parent_path(), model.vocabulary);
    return std::make_unique<SentencePieceTokenizer>(std::move(model));
}

std::unique_ptr<Tokenizer> openFolder(const path &folder)
{
    if (const path file = folder / "tokenizer.model"; isFile(file)) {
        // Llama 3's folders hold a list of base64 lines under this name, and a tokenizer.json.
        const MappedFile mapped(file);
        if (detectFormat(mapped.bytes()) == FileFormat::SentencePiece)
            return openSentencePiece(file);
    }
    if (const path file = folder / "tokenizer.json"; isFile(file))
        return openJson(file);
    throw InputError(folder.string(), "", "a folder with tokenizer.model or tokenizer.json",
                     "neither");
}

} // namespace

std::unique_ptr<Tokenizer> openTokenizer(const path &place)
{
    std::error_code ignored; // MappedFile says what is wrong with a path
    if (std::filesystem::is_directory(place, ignored))
        return openFolder(place);
    FileFormat format = FileFormat::Unknown;
    {
        const MappedFile file(place);
        format = detectFormat(file.bytes());
    }
    switch (format) {
    case FileFormat::Gguf:
        return makeTokenizer(*GgufFile::open(place));
    case FileFormat::Json:
        return openJson(place);
    case FileFormat::SentencePiece:
        return openSentencePiece(place);
    default:
        throw InputError(place.string(), "",
                         "a GGUF file, a SentencePiece model or a tokenizer.json",
                         describeFormat(format));
    }
}

} // namespace inferlab
