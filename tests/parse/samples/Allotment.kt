@file:JvmName("Allotments")

package org.example.garden

import kotlin.math.max
import kotlin.test.Test

typealias Harvest = Map<String, Int>

/** Rows further apart than this are two beds. */
const val WIDEST_ROW = 80

/**
 * Something that grows.
 */
interface Plant<out T : Any> {
    val name: String
    fun water(litres: Int)

    fun describe(): String = "a $name"
}

interface Weather {
    fun rain(day: Int): Double
}

/** When seed goes into the ground. */
enum class Season(val months: IntRange) {
    SPRING(3..5),
    AUTUMN(9..11) {
        override fun warm() = false
    };

    open fun warm(): Boolean {
        return months.first > 2
    }
}

@JvmInline
value class Metres(val value: Double) {
    operator fun plus(other: Metres) = Metres(value + other.value)
}

data class Bed(val row: Int, val length: Metres = Metres(1.0))

sealed class Event {
    object Frost : Event()
    data class Rain(val millimetres: Int) : Event()
}

/**
 * A rented piece of ground.
 *
 * @property tenant who pays for it
 */
@Suppress("unused", "LeakingThis")
open class Allotment<P : Plant<Any>>(
    private val tenant: String,
    protected val beds: MutableList<Bed>,
) : Comparable<Allotment<P>> where P : Comparable<P> {

    private var visits = 0
    val size: Int
        get() = beds.size

    /** The longest bed, remembered. */
    var longest: Double = 0.0
        get() {
            return max(field, beds.maxOf { it.length.value })
        }
        private set(value) {
            field = value
        }

    // Paths count half.
    private val share = { metres: Metres -> metres.value / 2 }

    val onFrost: (Event) -> Unit = fun(event: Event) {
        println("cover the beds: $event")
    }

    private val oldest = object : Comparator<Bed> {
        override fun compare(left: Bed, right: Bed): Int {
            return left.row - right.row
        }
    }

    val sorted by lazy { beds.sortedWith(oldest) }

    init {
        require(tenant.isNotBlank())
        visits = 1
    }

    /** For ground that nobody has rented yet. */
    constructor(beds: MutableList<Bed>) : this("nobody", beds) {
        visits = 0
    }

    constructor() : this(mutableListOf())

    override fun compareTo(other: Allotment<P>): Int = tenant.compareTo(other.tenant)

    /**
     * Sows one kind of plant into every bed.
     */
    @Throws(IllegalStateException::class)
    @JvmOverloads
    suspend fun <T> sow(
        plant: T,
        depth: Int = 2,
    ): List<T> where T : Plant<Any> {
        fun oneBed(bed: Bed): T {
            check(bed.row >= 0)
            return plant
        }
        val count = fun(list: List<T>): Int { return list.size }
        return beds.map { oneBed(it) }.also { count(it) }
    }

    inner class Shed {
        fun open() = println("$tenant's shed")
    }

    companion object {
        const val RENT = 40

        @JvmStatic
        fun empty(): Allotment<Nothing> = TODO()
    }

    class Fence private constructor(val height: Int) {
        companion object Factory {
            fun build(height: Int) = Fence(height)
        }
    }
}

/** Everything that is known about slugs. */
object Slugs {
    private val seen = mutableListOf<String>()

    fun report(place: String) {
        seen += place
    }
}

annotation class Tested(val by: String)

abstract class Tool {
    abstract fun use()
    open fun clean() {}
}

fun String.shout(): String = uppercase() + "!"

/** The second item, if there is one. */
inline fun <reified T> List<T>.second(): T? {
    return getOrNull(1)
}

val <T> List<T>.middle: T
    get() = this[size / 2]

val double: (Int) -> Int = { it * 2 }

class AllotmentTest {
    @Test
    fun `an empty allotment has no beds`() {
        check(Allotment<Nothing>().size == 0)
    }
}
