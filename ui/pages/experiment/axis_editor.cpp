#include "axis_editor.h"

#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>

namespace inferlab {

namespace {

constexpr int kNothing = -1; // in the list of kinds

QString fromView(std::string_view words)
{
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

QString valueText(const AxisValue &value)
{
    if (const auto *text = std::get_if<std::string>(&value))
        return QString::fromStdString(*text); // a file with its folder
    return QString::fromStdString(axisValueText(value));
}

QString valuesText(const ExperimentAxis &axis)
{
    QStringList parts;
    for (const AxisValue &value : axis.values)
        parts << valueText(value);
    return parts.join(QStringLiteral(", "));
}

// A comma at the end is someone who goes on typing.
std::vector<AxisValue> valuesFrom(const QString &typed, bool isNumber)
{
    QStringList parts = typed.split(QLatin1Char(','));
    if (parts.size() > 1 && parts.last().trimmed().isEmpty())
        parts.removeLast();
    std::vector<AxisValue> values;
    if (typed.trimmed().isEmpty())
        return values;
    for (const QString &part : parts) {
        const QString item = part.trimmed();
        bool read = false;
        const double number = QLocale::c().toDouble(item, &read);
        if (isNumber && read)
            values.emplace_back(number);
        else
            values.emplace_back(item.toStdString());
    }
    return values;
}

// What the axis takes, in the words in which it refuses anything else.
QString expectedOf(AxisKind kind)
{
    const auto error = checkAxisValue(kind, std::string());
    const QString expected = error ? QString::fromStdString(error->expected) : QString();
    return kind == AxisKind::ModelFile
        ? QObject::tr("paths of model files, with commas between them")
        : axisInfo(kind).isNumber
        ? QObject::tr("each %1, with commas between them").arg(expected)
        : QObject::tr(
              "each %1, with commas between them; the first is what others are compared with")
              .arg(expected);
}

} // namespace

AxisEditor::AxisEditor(const std::optional<ExperimentAxis> &axis, QWidget *parent)
    : QWidget(parent)
    , m_start(axis)
    , m_kind(new QComboBox(this))
    , m_values(new QLineEdit(this))
    , m_hint(new QLabel(this))
{
    m_kind->addItem(tr("nothing"), kNothing);
    for (const AxisInfo &info : axisInfos())
        m_kind->addItem(fromView(info.title), static_cast<int>(info.kind));
    m_kind->setAccessibleName(tr("What varies"));
    m_values->setAccessibleName(tr("Values, with commas between them"));
    m_hint->setProperty("kind", QStringLiteral("caption"));
    m_hint->setWordWrap(true);
    if (axis) {
        m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(axis->kind)));
        m_values->setText(valuesText(*axis));
    }
    auto *row = new QHBoxLayout;
    row->setSpacing(space::kInside);
    row->addWidget(m_kind);
    row->addWidget(m_values, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kStep);
    column->addLayout(row);
    column->addWidget(m_hint);
    chooseKind();
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        m_touched = true;
        m_values->setText(m_start && kind() == m_start->kind ? valuesText(*m_start) : QString());
        chooseKind();
        emit edited();
    });
    connect(m_values, &QLineEdit::textEdited, this, [this] {
        m_touched = true;
        emit edited();
    });
}

std::optional<AxisKind> AxisEditor::kind() const
{
    const int chosen = m_kind->currentData().toInt();
    return chosen == kNothing ? std::nullopt : std::optional(static_cast<AxisKind>(chosen));
}

std::optional<ExperimentAxis> AxisEditor::axis() const
{
    if (!m_touched)
        return m_start;
    const std::optional<AxisKind> chosen = kind();
    if (!chosen)
        return std::nullopt;
    return ExperimentAxis {*chosen, valuesFrom(m_values->text(), axisInfo(*chosen).isNumber)};
}

void AxisEditor::chooseKind()
{
    const std::optional<AxisKind> chosen = kind();
    m_values->setEnabled(chosen.has_value());
    m_hint->setText(chosen ? expectedOf(*chosen) : tr("One point, or what the other one varies"));
}

} // namespace inferlab
