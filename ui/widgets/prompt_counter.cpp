// Counting, here or on a thread.
#include "prompt_counter.h"

#include "engine/base/error.h"
#include "engine/model/loaded_model.h"

#include <QThread>
#include <algorithm>

namespace inferlab {

PromptTokens countPromptTokens(const LoadedModel &model, const PromptText &prompt)
{
    PromptTokens tokens;
    tokens.text =
        static_cast<int64_t>(model.tokenizer().encode(prompt.text, SpecialTokens::Plain).size());
    try {
        tokens.sent = static_cast<int64_t>(encodePromptText(model, prompt).size());
    } catch (const InputError &) {
        // It cannot be sent: empty, or too long whatever is added. Its own tokens say how long.
    }
    tokens.sent = std::max(tokens.sent, tokens.text);
    return tokens;
}

PromptCounter::PromptCounter(QObject *parent)
    : QObject(parent)
{ }

PromptCounter::~PromptCounter()
{
    if (m_thread != nullptr)
        m_thread->wait();
}

void PromptCounter::setPrompt(const PromptText &prompt, const std::shared_ptr<LoadedModel> &model)
{
    ++m_generation;
    m_prompt = prompt;
    m_model = model;
    m_tokens.reset();
    if (model == nullptr)
        return;
    if (prompt.text.size() + prompt.system.size() <= kQuickBytes)
        m_tokens = countPromptTokens(*model, prompt);
    else if (m_thread == nullptr)
        startThread();
}

void PromptCounter::startThread()
{
    auto model = m_model.lock();
    if (model == nullptr)
        return;
    auto result = std::make_shared<PromptTokens>();
    const uint64_t generation = m_generation;
    m_thread = QThread::create([result, model = std::move(model), prompt = m_prompt] {
        *result = countPromptTokens(*model, prompt);
    });
    connect(m_thread, &QThread::finished, this, [this, result, generation] {
        m_thread->deleteLater();
        m_thread = nullptr;
        if (generation == m_generation) {
            m_tokens = *result;
            emit counted();
        } else if (!m_tokens) {
            startThread(); // of what was typed meanwhile
        }
    });
    m_thread->start();
}

} // namespace inferlab
