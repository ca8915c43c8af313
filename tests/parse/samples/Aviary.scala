package org.example
package aviary

import scala.collection.mutable
import scala.annotation.tailrec

/** Something that can be heard. */
trait Singer[+A] {
  type Song
  val volume: Int
  def sing(times: Int): A

  /** Sings twice as often. */
  def chorus(times: Int): A = sing(times * 2)
}

// One bird and its ring.
final case class Bird(ring: Int, name: String = "unnamed") extends Ordered[Bird] with Serializable {
  require(ring > 0)

  def compare(that: Bird): Int = ring - that.ring

  def +(other: Bird): Flock = new Flock(List(this, other))

  def unary_! : Boolean = name.isEmpty
}

case object Nightingale extends Singer[String] {
  override type Song = String
  val volume = 11
  override def sing(times: Int) = {
    @tailrec
    def again(left: Int, song: String): String =
      if (left == 0) song else again(left - 1, song + "tju ")

    again(times, "")
  }
}

/**
 * Birds that fly together.
 *
 * @param birds all of them
 */
@SerialVersionUID(1L)
class Flock private (protected val birds: List[Bird])(implicit order: Ordering[Bird])
    extends Iterable[Bird] {

  private val seen = mutable.Set.empty[Int]

  def this(bird: Bird) = this(List(bird))

  def iterator: Iterator[Bird] = birds.iterator

  /** Rings that nobody has read yet. */
  @deprecated("count them", "2.0")
  @throws[IllegalStateException]
  protected[aviary] def unread[A <: Bird, B >: A](
      extra: Seq[A],
      limit: => Int
  )(implicit show: B => String): Seq[Int] = {
    val known = (bird: Bird) => seen.contains(bird.ring)
    extra.filterNot(known).map(_.ring).take(limit)
  }

  def release() { seen.clear() }

  class Nest(val height: Int) {
    def climb = height * 2
  }
}

object Flock {
  val Largest = 500

  // Pairs count as one.
  val size: Flock => Int = flock => flock.iterator.size / 2

  private val oldest = new Ordering[Bird] {
    def compare(left: Bird, right: Bird): Int =
      right.ring - left.ring
  }

  val describe: PartialFunction[Any, String] = {
    case bird: Bird => bird.name
    case _ => "no bird"
  }

  def apply(birds: Bird*): Flock = new Flock(birds.toList)

  implicit class RingOps(private val ring: Int) extends AnyVal {
    def asLabel: String = f"$ring%06d"
  }

  implicit def fromBird(bird: Bird): Flock = Flock(bird)
}

package object rings {
  type Ring = Int

  def parse(text: String): Ring = text.toInt
}

abstract class Cage {
  def open(): Unit
  lazy val locked: Boolean = true
}
