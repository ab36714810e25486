/// The mark that some editors put before UTF-8.
package let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
