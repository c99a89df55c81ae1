package io.github.tfkfac.models.layer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;

/**
 * The two words that key a stateless random operation: a hash of the run's seed and of the name of
 * what is drawn, so that a draw does not depend on the order in which a network is built.
 *
 * @param first first word
 * @param second second word
 */
public record Seed(long first, long second) {

  /** The key of the draw called {@code name} in a run with {@code seed}. */
  public static Seed of(long seed, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocate(Long.BYTES + text.length).putLong(seed).put(text);
    ByteBuffer digest = ByteBuffer.wrap(sha256(message.array()));
    return new Seed(digest.getLong(), digest.getLong());
  }

  /** Both words as a constant of shape {@code [2]}. */
  public Operand<TInt64> toOperand(Ops tf) {
    return tf.constant(new long[] {first, second});
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256 in every Java runtime, found none", e);
    }
  }
}
