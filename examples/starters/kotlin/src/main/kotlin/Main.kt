import io.github.tfkfac.Kfac
import io.github.tfkfac.KfacOptions
import org.tensorflow.Graph
import org.tensorflow.Session
import org.tensorflow.ndarray.Shape
import org.tensorflow.ndarray.buffer.DataBuffers
import org.tensorflow.op.Ops
import org.tensorflow.op.core.Placeholder
import org.tensorflow.types.TFloat32
import kotlin.random.Random

/** Fits y = x · (1, 2, 3, 4) by a matrix. */
fun main() {
    Graph().use { graph ->
        val tf = Ops.create(graph)
        val x = tf.placeholder(TFloat32::class.java, Placeholder.shape(Shape.of(-1, 4)))
        val y = tf.placeholder(TFloat32::class.java, Placeholder.shape(Shape.of(-1, 1)))
        val w = tf.withName("w").variable(tf.constant(Array(4) { FloatArray(1) }))
        val error = tf.math.sub(tf.linalg.matMul(x, w), y)
        val loss = tf.math.mean(tf.math.square(error), tf.array(0, 1))
        val step = Kfac(graph, KfacOptions.nkfac().withLearningRate(0.05)).minimize(loss)
        Session(graph).use { session ->
            session.initialize()
            repeat(100) {
                val inputs = FloatArray(32 * 4) { Random.nextFloat() - 0.5f }
                val targets = FloatArray(32) { i -> (0..3).map { (it + 1) * inputs[4 * i + it] }.sum() }
                TFloat32.tensorOf(Shape.of(32, 4), DataBuffers.of(*inputs)).use { xs ->
                    TFloat32.tensorOf(Shape.of(32, 1), DataBuffers.of(*targets)).use { ys ->
                        session.runner().feed(x, xs).feed(y, ys).addTarget(step).fetch(loss).run()
                            .use { println((it[0] as TFloat32).getFloat()) }
                    }
                }
            }
        }
    }
}
