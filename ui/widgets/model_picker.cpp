// The model's button and menu.
#include "model_picker.h"

#include "figures.h"
#include "widget_kind.h"

#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

namespace inferlab {

namespace {

QString parameterCount(uint64_t parameters)
{
    const auto value = static_cast<double>(parameters);
    if (parameters >= 1'000'000'000)
        return QObject::tr("%1 B parameters").arg(value / 1e9, 0, 'f', 1);
    if (parameters >= 1'000'000)
        return QObject::tr("%1 M parameters").arg(value / 1e6, 0, 'f', 0);
    return QObject::tr("%1 parameters").arg(figures::count(static_cast<int64_t>(parameters)));
}

} // namespace

QString modelFacts(const ModelSummary &model)
{
    QStringList facts;
    const ModelIdentity &identity = model.identity;
    if (!identity.quantisation.empty())
        facts += QString::fromStdString(identity.quantisation);
    if (identity.parameters > 0)
        facts += parameterCount(identity.parameters);
    if (identity.fileBytes > 0)
        facts += figures::bytes(identity.fileBytes);
    return facts.join(QStringLiteral(" · "));
}

ModelPicker::ModelPicker(QWidget *parent)
    : QWidget(parent)
    , m_button(new QPushButton(this))
    , m_menu(new QMenu(this))
    , m_facts(new QLabel(this))
{
    m_button->setObjectName(QStringLiteral("modelButton"));
    m_button->setProperty("kind", QStringLiteral("picker"));
    m_button->setAccessibleName(tr("Model"));
    m_button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    popUpBelow(m_button, m_menu);
    m_menu->setToolTipsVisible(true);
    m_facts->setProperty("kind", QStringLiteral("caption"));
    m_facts->setWordWrap(true);
    m_facts->setTextFormat(Qt::PlainText);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_button);
    column->addWidget(m_facts);
    connect(m_menu, &QMenu::aboutToShow, this, &ModelPicker::fillMenu);
    refresh();
}

void ModelPicker::setPath(const QString &path)
{
    m_path = path;
    refresh();
}

void ModelPicker::setModel(const std::optional<ModelSummary> &model)
{
    m_model = model;
    refresh();
}

void ModelPicker::setDefaultPath(const QString &path)
{
    m_defaultPath = path;
}

void ModelPicker::setRecent(const QStringList &paths)
{
    m_recent = paths;
}

void ModelPicker::fillMenu()
{
    m_menu->clear();
    const auto add = [this](const QString &text, const QString &path) {
        QAction *action = m_menu->addAction(text);
        action->setToolTip(path);
        action->setCheckable(true);
        action->setChecked(path == m_path);
        connect(action, &QAction::triggered, this, [this, path] { emit modelChosen(path); });
    };
    if (!m_defaultPath.isEmpty())
        add(tr("%1 (default)").arg(QFileInfo(m_defaultPath).completeBaseName()), m_defaultPath);
    for (const QString &path : m_recent) {
        if (path != m_defaultPath)
            add(QFileInfo(path).completeBaseName(), path);
    }
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Open a GGUF file…")), &QAction::triggered, this,
            &ModelPicker::openRequested);
}

void ModelPicker::refresh()
{
    const bool loaded = m_model.has_value() && m_model->choice.path == m_path;
    // The file's name, which people know it by; what the file calls itself is in the tooltip.
    m_button->setText(m_path.isEmpty() ? tr("Choose a model")
                                       : QFileInfo(m_path).completeBaseName());
    m_button->setToolTip(m_path.isEmpty() ? tr("Open a GGUF file, or drop one on the window")
                                          : m_path);
    m_facts->setText(loaded ? modelFacts(*m_model) : QString());
    m_facts->setVisible(!m_facts->text().isEmpty());
}

} // namespace inferlab
