package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SnappyTest {

  private static final int LITERAL_OF_3 = 2 << 2;
  private static final int COPY_OF_6_NEAR = 2 << 2 | 1;
  private static final int COPY_OF_6_FAR = 5 << 2 | 2;
  private static final int LITERAL_WITH_ONE_LENGTH_BYTE = 60 << 2;

  private static String decompress(int... bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    for (int one : bytes) {
      compressed.write(one);
    }
    return new String(
        Snappy.decompress(ByteBuffer.wrap(compressed.toByteArray())), StandardCharsets.US_ASCII);
  }

  @Test
  void copiesMayOverlapWhatTheyWrite() {
    assertThat(decompress(9, LITERAL_OF_3, 'a', 'b', 'c', COPY_OF_6_NEAR, 3))
        .isEqualTo("abcabcabc");
    assertThat(decompress(9, LITERAL_OF_3, 'a', 'b', 'c', COPY_OF_6_FAR, 1, 0))
        .isEqualTo("abccccccc");
  }

  @Test
  void longLiteralsHaveTheirLengthInBytesOfItsOwn() {
    int length = 70;
    int[] bytes = new int[3 + length];
    bytes[0] = length;
    bytes[1] = LITERAL_WITH_ONE_LENGTH_BYTE;
    bytes[2] = length - 1;
    for (int i = 0; i < length; i++) {
      bytes[3 + i] = 'x';
    }
    assertThat(decompress(bytes)).isEqualTo("x".repeat(length));
  }

  @Test
  void cutOffBytesAreRejected() {
    assertThatThrownBy(() -> decompress(9, LITERAL_OF_3, 'a', 'b', 'c'))
        .hasMessageContaining("expected 9 decompressed bytes, found 3");
  }
}
