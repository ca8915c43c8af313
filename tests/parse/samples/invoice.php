<!DOCTYPE html>
<html>
<body>
<h1>Invoices</h1>
<?php

declare(strict_types=1);

namespace Shop\Billing;

use Closure;
use Shop\Clock\{Clock, SystemClock};

const RATE = 0.19;
define('SHOP_ROUNDING', 2);

/** Whatever can be charged. */
interface Chargeable extends \Countable
{
    public const LIMIT = 10_000;

    public function charge(int $cents, string ...$notes): bool;
}

/**
 * How an invoice stands.
 */
#[Stored]
enum Status: string implements HasLabel
{
    case Open = 'open';
    case Paid = 'paid';

    public function label(): string
    {
        return ucfirst($this->value);
    }

    public static function parse(string $text): self
    {
        return self::from(strtolower($text));
    }
}

trait Numbered
{
    private int $number = 0;

    // Counts up, never down.
    protected function nextNumber(): int
    {
        return ++$this->number;
    }

    abstract protected function prefix(): string;
}

#[Entity(table: 'documents')]
abstract class Document
{
    abstract public function title(): string;

    public function __toString(): string { return $this->title(); }
}

/**
 * One invoice with its lines.
 *
 * @template T of Line
 */
#[Entity(table: 'invoices'), Audited]
final class Invoice extends Document implements Chargeable
{
    use Numbered { nextNumber as private number; }

    private const PREFIX = 'R';

    private static ?self $last = null;

    private Closure $onPaid;

    public function __construct(
        private readonly array $lines,
        protected Clock $clock = new SystemClock(),
    ) {
        self::$last = $this;
        $this->onPaid = function (Invoice $invoice): void {
            echo "paid: {$invoice}\n";
        };
    }

    public function title(): string
    {
        return $this->prefix() . $this->number();
    }

    #[\Override]
    public function charge(int $cents, string ...$notes): bool
    {
        $enough = fn (int $paid): bool => $paid >= $this->total();
        return $enough($cents);
    }

    public static function last(): ?static { return self::$last; }

    protected function prefix(): string { return self::PREFIX; }

    /** Money owed, in cents. */
    public function &total(callable $rounding = null): int|float
    {
        $sum = array_sum(array_map(function (Line $line) {
            return $line->cents;
        }, $this->lines));
        return $sum;
    }

    public function count(): int { return \count($this->lines); }
}

/** Receipts are thrown away after printing. */
function receipt(Invoice $invoice): Document
{
    return new class ($invoice) extends Document {
        public function title(): string
        {
            return 'Receipt';
        }
    };
}

// Adds the tax.
$taxed = fn (int $cents): int => (int) round($cents * (1 + RATE));

$printer = static function (Invoice $invoice) use ($taxed): void {
    echo $invoice, ' ', $taxed($invoice->total()), "\n";
};

$observer = new class (RATE) implements Observer {
    public function __construct(private float $rate) {}

    public function notify(Invoice $invoice): void
    {
        echo "seen: {$invoice}\n";
    }
};

$services['mailer'] = static fn (): Mailer => new Mailer(RATE);

$routes = [
    'show' => function (int $id) {
        return Invoice::last();
    },
];

if (!function_exists('money')) {
    /**
     * Cents as people write them.
     */
    function money(int $cents): string
    {
        function pad(int $rest): string
        {
            return str_pad((string) $rest, 2, '0');
        }

        return intdiv($cents, 100) . ',' . pad($cents % 100);
    }
}

echo <<<HTML
    <p>function nothing() {}</p>
    HTML;
?>
<ul>
<?php foreach ($invoices as $invoice): ?>
  <li><?= money($invoice->total()) ?></li>
<?php endforeach; ?>
</ul>
<?php function footer(): void { ?>
  <footer>Thank you</footer>
<?php } ?>
</body>
</html>
