package org.example.library;

import java.lang.annotation.ElementType;
import java.lang.annotation.Target;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Marks a method whose effect is written to the journal. */
@Target(ElementType.METHOD)
@interface Journaled {
    String topic() default "desk";
}

/**
 * Lends books and takes them back.
 *
 * @param <K> how members are told apart
 */
@SuppressWarnings("unused")
public final class LibraryDesk<K extends Comparable<K>> implements Iterable<LibraryDesk.Loan> {
    private static final int LONGEST_LOAN_DAYS = 28;
    static final Map<String, Integer> FINES = new HashMap<>();

    static {
        FINES.put("late", 5);
        FINES.put("lost", 900);
    }

    // Titles are compared the way the shelf labels are written.
    private final Function<String, String> shelfLabel = title -> title.strip().toUpperCase();

    private final Function<Loan, Integer> fine = loan -> {
        int days = loan.days() - LONGEST_LOAN_DAYS;
        return Math.max(0, days) * FINES.get("late");
    };

    private final Comparator<Loan> oldestFirst = new Comparator<>() {
        @Override
        public int compare(Loan left, Loan right) {
            return Integer.compare(right.days(), left.days());
        }
    };

    private final ArrayDeque<Loan> loans = new ArrayDeque<>(), waiting = new ArrayDeque<>();

    public LibraryDesk() {
        this(List.of());
    }

    /** Opens the desk with loans carried over from yesterday. */
    public LibraryDesk(List<Loan> carriedOver)
            throws IllegalStateException {
        loans.addAll(carriedOver);
    }

    /**
     * Hands a book out.
     */
    @Journaled(topic = "loans")
    @Deprecated
    public synchronized <T extends Book> Loan lend(
            T book,
            K member) {
        Runnable remind = () -> System.out.println("Due soon: " + book.title());
        class Receipt {
            String print() {
                return shelfLabel.apply(book.title());
            }
        }
        remind.run();
        return new Loan(new Receipt().print(), 0);
    }

    Loan lend(Book book) { return lend(book, null); }

    @Override
    public Iterator<Loan> iterator() {
        return new Iterator<Loan>() {
            private final Iterator<Loan> inner = loans.iterator();

            public boolean hasNext() {
                return inner.hasNext();
            }

            public Loan next() {
                return inner.next();
            }
        };
    }

    native void printLabel(String text);

    /** One book in one pair of hands. */
    public record Loan(String title, int days) implements Comparable<Loan> {
        static final Loan NONE = new Loan("", 0);

        public Loan {
            if (days < 0) {
                throw new IllegalArgumentException("days");
            }
        }

        public Loan(String title) {
            this(title, 0);
        }

        @Override
        public int compareTo(Loan other) {
            return days - other.days;
        }
    }

    record Shelf(int row, int column) {}

    class Visitor {
        void greet() {}
    }

    static abstract class Book {
        abstract String title();

        String spine() {
            return title().substring(0, 3);
        }
    }
}

/** What the desk tells the outside world. */
sealed interface Notice permits Overdue {
    int DAYS_OF_GRACE = 3;

    String text();

    default String shout() {
        return text() + "!";
    }

    static Notice of(int days) {
        return new Overdue(days);
    }

    private int weight() { return text().length(); }

    enum Channel { MAIL, LETTER }
}

final class Overdue implements Notice {
    private final int days;
    Overdue(int days) { this.days = days; }
    public String text() { return days + " days late"; }
}

/* Opening hours, by the kind of day. */
enum Day {
    WORKDAY(9, 18),
    HOLIDAY(0, 0) {
        @Override
        boolean isOpen(int hour) {
            return false;
        }
    };

    private final int opens;
    private final int closes;

    Day(int opens, int closes) {
        this.opens = opens;
        this.closes = closes;
    }

    boolean isOpen(int hour) {
        return hour >= opens && hour < closes;
    }
}
